using ChatServer.Host;
using ChatServer.Host.Commands;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Acceptance;
using NUnit.Framework;

namespace ChatServer.Tests.Host;

/// <summary>`chatserver log` on a real directory: whole, damaged, in use, and not there.</summary>
[NonParallelizable]
internal sealed class LogCommandTests
{
    [Test]
    public async Task A_whole_log_verifies_and_is_not_changed()
    {
        using var path = new DataPath();
        await FillAsync(path.Data);
        var before = Contents(path.Data);
        var (code, output, error) = await RunAsync("log", "verify", "--data", path.Data);
        Assert.That((code, error), Is.EqualTo((0, "")));
        Assert.That(output, Does.StartWith("verified ").And.Contain(" 3 users").And.Match(@"(?m)^UserAdded +3 "));
        (code, output, _) = await RunAsync("log", "inspect", "--data", path.Data);
        Assert.That(code, Is.Zero);
        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3).And.All.Match(@"^batch \d+ partition \d+ section 1 at \d+ UserAdded \d+ bytes$"));
        Assert.That(output, Does.Not.Contain("alice"));
        Assert.That(Contents(path.Data), Is.EqualTo(before));
    }

    [Test]
    public async Task A_part_of_it_can_be_listed()
    {
        using var path = new DataPath();
        await FillAsync(path.Data);
        Assert.That((await RunAsync("log", "inspect", "--data", path.Data, "--from", "2", "--batches", "1")).Output, Does.Match(@"\Abatch 2 [^\n]*\n\z"));
    }

    [Test]
    public async Task Damage_is_named_with_its_place()
    {
        using var path = new DataPath();
        await FillAsync(path.Data);
        var segment = Directory.GetFiles(Path.Combine(path.Data, "log"), "*.segment").Order().First();
        await using (var file = File.Open(segment, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 4_096 + 600;
            var old = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(old ^ 1));
        }

        var (code, output, error) = await RunAsync("log", "verify", "--data", path.Data);
        Assert.That((code, output), Is.EqualTo((2, "")));
        Assert.That(error, Does.Contain(segment).And.Match(@"\A[^\n]+\n\z"));
    }

    [Test]
    public async Task What_is_no_data_directory_is_not_made_one()
    {
        using var path = new DataPath();
        var (code, _, error) = await RunAsync("log", "verify", "--data", path.Data);
        Assert.That((code, error), Is.EqualTo((2, $"chatserver: {path.Data}: not a data directory\n")));
        Assert.That(Directory.Exists(path.Data), Is.False);
    }

    [Test]
    public async Task A_directory_in_use_is_left_alone()
    {
        using var path = new DataPath();
        await Serving.AdministerAsync(path.Data, async _ =>
        {
            var (code, _, error) = await RunAsync("log", "verify", "--data", path.Data);
            Assert.That((code, error), Is.EqualTo((2, $"chatserver: {path.Data}: in use by another chatserver (LOCK is held)\n")));
            return 0;
        });
    }

    private static Task<int> FillAsync(string data) => Serving.AdministerAsync(data, async handle =>
    {
        foreach (var name in (string[])["alice", "bob", "carol"])
        {
            var answer = await handle(new AdminRequest { Command = AdminCommand.AddUser, User = name, PasswordHash = "x" }, CancellationToken.None);
            Assert.That(answer.Code, Is.EqualTo(ErrorCode.None));
        }

        return 0;
    });

    private static List<(string, string)> Contents(string data) =>
        [.. Directory.GetFiles(data, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".new", StringComparison.Ordinal)).Order().Select(file => (file, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))))];

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var commands = new CommandSet((_, _) => Task.FromResult(0), (_, _) => Task.FromResult(0), [], TextReader.Null, output, error);
        var code = await commands.RunAsync(arguments, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
