using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ChatServer.Host;
using ChatServer.Tests.Acceptance;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Host;

/// <summary>The figures of `chatserver status`: explained, and alive.</summary>
internal sealed partial class ShardStatusTests
{
    private const int GarbageBytes = 32 * 1024 * 1024;

    [Test]
    public async Task Every_figure_is_explained_and_nothing_else_is()
    {
        using var path = new DataPath();
        await using var server = Server.Start(new ServerOptions { DataPath = path.Data, Port = 0 });
        var section = Repository.Read("docs/OPERATIONS.md").Split("\n## ").Single(part => part.StartsWith("How it is", StringComparison.Ordinal));
        var status = await server.Administration(new AdminRequest { Command = AdminCommand.Status }, CancellationToken.None);
        Assert.That(Row().Matches(section).Select(row => row.Groups[1].Value), Is.EqualTo(status.Status.Keys));
        await server.StopAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task Commits_log_and_heap_are_counted()
    {
        using var path = new DataPath();
        await using var server = Server.Start(new ServerOptions { DataPath = path.Data, Port = 0 });
        var ask = server.Administration;
        var before = (await ask(new AdminRequest { Command = AdminCommand.Status }, CancellationToken.None)).Status;
        await ask(new AdminRequest { Command = AdminCommand.AddUser, User = "alice", PasswordHash = ChatServer.Sessions.PasswordHasher.Decoy }, CancellationToken.None);
        var after = (await ask(new AdminRequest { Command = AdminCommand.Status }, CancellationToken.None)).Status;
        Assert.That(after[ShardStatus.CommitsName], Is.GreaterThan(before[ShardStatus.CommitsName]));
        Assert.That(after[ShardStatus.LoggedBytesName], Is.GreaterThan(before[ShardStatus.LoggedBytesName]));
        Assert.That(after[ShardStatus.AllocatedBytesName], Is.GreaterThan(before[ShardStatus.AllocatedBytesName]));
        Assert.That(after[ShardStatus.HeapBytesName], Is.Positive);
        Assert.That(after[ShardStatus.PauseMicrosecondsName], Is.GreaterThanOrEqualTo(before[ShardStatus.PauseMicrosecondsName]));
        await server.StopAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task A_collection_before_leaves_no_garbage_in_the_heap()
    {
        using var path = new DataPath();
        await using var server = Server.Start(new ServerOptions { DataPath = path.Data, Port = 0 });
        var ask = server.Administration;
        MakeGarbage();
        var before = (await ask(new AdminRequest { Command = AdminCommand.Status }, CancellationToken.None)).Status;
        var after = (await ask(new AdminRequest { Command = AdminCommand.Status, Collected = true }, CancellationToken.None)).Status;
        Assert.That(before[ShardStatus.HeapBytesName] - after[ShardStatus.HeapBytesName], Is.GreaterThan(GarbageBytes / 2));
        await server.StopAsync(TimeSpan.FromSeconds(10));
    }

    // In a method of its own, so that nothing on the stack holds it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeGarbage() => GC.KeepAlive(new byte[GarbageBytes]);

    [GeneratedRegex("(?m)^\\| `(\\w+)` \\|")]
    private static partial Regex Row();
}
