using NUnit.Framework;

namespace ChatServer.Tests.House;

/// <summary>The rooms of the server know only those below them, and the core knows nothing of the world.</summary>
internal sealed class RoomTests
{
    private static readonly Lazy<ProjectCompilation> Server = new(() =>
        ProjectCompilation.Of("chatserver", [.. Repository.Sources.Where(file => file.Project == "ChatServer")]));

    [Test]
    public void The_server_compiles_here_so_that_names_have_a_meaning() => Assert.That(Server.Value.Diagnostics().ToList(), Is.Empty);

    [Test]
    public void Every_file_is_in_a_room() => Assert.That(RoomRules.StrangeRooms(Server.Value.Files).ToList(), Is.Empty);

    [Test]
    public void Every_room_knows_only_those_below_it() => Assert.That(RoomRules.UpwardImports(Server.Value).ToList(), Is.Empty);

    [Test]
    public void The_core_sees_no_clock_no_chance_no_thread_and_no_unordered_table() =>
        Assert.That(CoreRules.Violations(Server.Value).ToList(), Is.Empty);

    [TestCase("using ChatServer.Core; namespace ChatServer.Storage; class S;", true)]
    [TestCase("namespace ChatServer.Storage; class S { object M() => new ChatServer.Core.C(); }", true)]
    [TestCase("namespace ChatServer.Storage; class S { object M() => Core.C.Field; }", true)]
    [TestCase("namespace ChatServer.Storage; class S { int Core; int M() => Core; }", false)]
    [TestCase("using ChatServer.Diagnostics; namespace ChatServer.Storage; class S { D d; }", false)]
    public void An_import_upwards_is_seen(string text, bool seen)
    {
        var compilation = Compile(
            SourceFile.Parse("ChatServer/Storage/S.cs", text),
            SourceFile.Parse("ChatServer/Core/C.cs", "namespace ChatServer.Core; class C { public static int Field; }"),
            SourceFile.Parse("ChatServer/Diagnostics/D.cs", "namespace ChatServer.Diagnostics; class D;"));
        Assert.That(RoomRules.UpwardImports(compilation).Any(), Is.EqualTo(seen));
    }

    [TestCase("Terminal", false)]
    [TestCase("Runtime", true)]
    public void The_client_is_known_to_the_terminal_only(string room, bool seen)
    {
        var compilation = Compile(
            SourceFile.Parse($"ChatServer/{room}/A.cs", $"namespace ChatServer.{room}; class A {{ ChatServer.Protocol.Client.X x; }}"),
            SourceFile.Parse("ChatServer.Protocol/Client/X.cs", "namespace ChatServer.Protocol.Client; class X;"));
        Assert.That(RoomRules.UpwardImports(compilation).Any(), Is.EqualTo(seen));
    }

    [TestCase("var x = DateTime.UtcNow;")]
    [TestCase("var x = System.Diagnostics.Stopwatch.GetTimestamp();")]
    [TestCase("var x = Environment.TickCount64;")]
    [TestCase("var x = new Random(1).Next();")]
    [TestCase("var x = Guid.NewGuid();")]
    [TestCase("var x = HashCode.Combine(1, 2);")]
    [TestCase("var x = \"a\".GetHashCode();")]
    [TestCase("Task.Run(() => 1);")]
    [TestCase("new Thread(() => { }).Start();")]
    [TestCase("lock (this) { }")]
    [TestCase("File.ReadAllText(\"x\");")]
    [TestCase("foreach (var x in _table) { }")]
    [TestCase("foreach (var x in _table.Values) { }")]
    [TestCase("foreach (var (k, v) in _table) { }")]
    [TestCase("var x = _table.Keys.First();")]
    [TestCase("var x = _table.Select(y => y.Key);")]
    [TestCase("int[] x = [.. _table.Keys];")]
    [TestCase("var x = new List<int>(_table.Keys);")]
    [TestCase("var x = from y in _table select y.Key;")]
    public void What_has_no_place_in_the_core_is_seen(string line) => Assert.That(InCore(line), Is.Not.Empty);

    [TestCase("var x = _table[1]; _table.Remove(1); _table.TryGetValue(1, out _);")]
    [TestCase("foreach (var x in _list) { }")]
    [TestCase("foreach (var x in _sorted) { }")]
    [TestCase("foreach (var x in _table.Keys) n += x; // unordered: a sum")]
    [TestCase("var x = _list.Count; var y = TimeSpan.FromSeconds(1);")]
    public void What_has_a_place_in_the_core_is_left_alone(string line) => Assert.That(InCore(line), Is.Empty);

    private static List<string> InCore(string line)
    {
        var compilation = Compile(SourceFile.Parse("ChatServer/Core/A.cs", $$"""
            namespace ChatServer.Core;
            class A
            {
                Dictionary<int, int> _table = []; List<int> _list = []; SortedDictionary<int, int> _sorted = [];
                void M(int n)
                {
                    {{line}}
                }
            }
            """));
        Assert.That(compilation.Diagnostics().ToList(), Is.Empty);
        return [.. CoreRules.Violations(compilation)];
    }

    private static ProjectCompilation Compile(params SourceFile[] files) => ProjectCompilation.Of("example", files, "ChatServer.Protocol.dll");
}
