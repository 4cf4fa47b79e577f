using NUnit.Framework;

namespace ChatServer.Tests.House;

/// <summary>The style rules hold everywhere; and each is shown a file that breaks it, so that it is known to see.</summary>
internal sealed class StyleTests
{
    // An exception is a path, a method or a type, and why it may be one.
    private static readonly HashSet<string> LongFiles = [];
    private static readonly HashSet<string> LongMethods = [];
    private static readonly HashSet<string> Names = [];
    private static readonly HashSet<string> Misplaced = [];
    private static readonly HashSet<string> None = [];

    [Test]
    public void The_repository_has_sources() => Assert.That(Repository.Sources, Has.Count.GreaterThan(10));

    [Test]
    public void No_file_is_too_long() => Clean(file => StyleRules.LongFiles(file, LongFiles));

    [Test]
    public void No_method_is_too_long() => Clean(file => StyleRules.LongMethods(file, LongMethods));

    [Test]
    public void No_name_says_nothing() => Clean(file => StyleRules.BannedNames(file, Names));

    [Test]
    public void No_exception_is_swallowed() => Clean(StyleRules.EmptyCatches);

    [Test]
    public void No_null_is_forgiven_without_a_reason() => Clean(StyleRules.ForgivenNulls);

    [Test]
    public void No_test_sleeps() => Clean(file => file.Project == "ChatServer.Tests" ? StyleRules.Sleeps(file) : []);

    [Test]
    public void No_file_has_regions() => Clean(StyleRules.Regions);

    [Test]
    public void Every_type_is_in_the_file_and_namespace_of_its_name() => Clean(file => StyleRules.Placement(file, Misplaced));

    [Test]
    public void A_file_of_501_lines_is_seen()
    {
        Assert.That(StyleRules.LongFiles(Parse(new string('\n', 501)), None), Is.Not.Empty);
        Assert.That(StyleRules.LongFiles(Parse(new string('\n', 500)), None), Is.Empty);
    }

    [Test]
    public void A_method_of_71_lines_is_seen()
    {
        static SourceFile Method(int lines) => Parse("class A { void M()\n{" + new string('\n', lines - 2) + "} }");
        Assert.That(StyleRules.LongMethods(Method(71), None), Is.Not.Empty);
        Assert.That(StyleRules.LongMethods(Method(70), None), Is.Empty);
        Assert.That(StyleRules.LongMethods(Method(71), new HashSet<string> { "ChatServer/Core/A.cs M" }), Is.Empty);
    }

    [TestCase("class LoopManager;", true)]
    [TestCase("struct UserData;", true)]
    [TestCase("record FrameBase;", true)]
    [TestCase("enum StringUtil { A }", true)]
    [TestCase("class A { delegate void QueueProcessor(); }", true)]
    [TestCase("class DataDirectory;", false)]
    [TestCase("class Database;", false)]
    public void A_name_that_says_nothing_is_seen(string text, bool seen) =>
        Assert.That(StyleRules.BannedNames(Parse(text), None).Any(), Is.EqualTo(seen));

    [TestCase("catch { }", true)]
    [TestCase("catch (IOException) { }", true)]
    [TestCase("catch (IOException) { // the file is gone already\n }", false)]
    [TestCase("catch (IOException e) { Log(e); }", false)]
    public void A_swallowed_exception_is_seen(string clause, bool seen) =>
        Assert.That(StyleRules.EmptyCatches(Parse($"class A {{ void M() {{ try {{ }} {clause} }} }}")).Any(), Is.EqualTo(seen));

    [TestCase("var x = y!.Length;", true)]
    [TestCase("var x = y!.Length; // set by the constructor", false)]
    [TestCase("var x = !y;", false)]
    public void A_forgiven_null_is_seen(string line, bool seen) =>
        Assert.That(StyleRules.ForgivenNulls(Parse($"class A {{ void M() {{\n{line}\n}} }}")).Any(), Is.EqualTo(seen));

    [TestCase("Thread.Sl" + "eep(1);", true)]
    [TestCase("await System.Threading.Tasks.Task.De" + "lay(1);", true)]
    [TestCase("await Task.Yield();", false)]
    public void A_sleeping_test_is_seen(string line, bool seen) =>
        Assert.That(StyleRules.Sleeps(Parse($"class A {{ async Task M() {{ {line} }} }}")).Any(), Is.EqualTo(seen));

    [TestCase("namespace ChatServer.Core; class A; class B;", true)]
    [TestCase("namespace ChatServer.Core; class A; file class B;", false)]
    [TestCase("namespace ChatServer.Core; class A { class B; }", false)]
    [TestCase("namespace ChatServer.Core; delegate void B();", true)]
    [TestCase("namespace ChatServer.Storage; class A;", true)]
    [TestCase("namespace ChatServer.Core { class A; }", true)]
    public void A_type_in_the_wrong_place_is_seen(string text, bool seen) =>
        Assert.That(StyleRules.Placement(Parse(text), None).Any(), Is.EqualTo(seen));

    private static SourceFile Parse(string text) => SourceFile.Parse("ChatServer/Core/A.cs", text);

    private static void Clean(Func<SourceFile, IEnumerable<string>> rule) =>
        Assert.That(Repository.Sources.SelectMany(rule).ToList(), Is.Empty);
}
