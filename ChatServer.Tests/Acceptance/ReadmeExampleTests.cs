using System.Text;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Acceptance;

/// <summary>The examples of the README, compiled, run, and the same letter by letter.</summary>
internal sealed class ReadmeExampleTests
{
    private const string ThisFile = "ChatServer.Tests/Acceptance/ReadmeExampleTests.cs";

    [Test]
    public async Task They_run_against_a_server()
    {
        using var path = new DataPath();
        using var server = ServerProcess.Start(path.Data);
        var port = server.EndPoint.Port;
        var receiving = ReceiveAsync(port, path.File("bob"));
        await Registered(port);
        await SendAsync(port);
        await SayByeAsync(port);
        await receiving.WaitAsync(ServerProcess.Patience);
    }

    [TestCase("send")]
    [TestCase("receive")]
    public void They_are_the_ones_of_the_README(string name) =>
        Assert.That(Block(Repository.Read("README.md"), $"<!-- example: {name} -->\n```csharp\n", "```"), Is.EqualTo(Code(name)));

    private static async Task SendAsync(int port)
    {
        // example: send
        await using var alice = new ChatClient(new ChatClientOptions
        {
            Port = port,
            User = UserId.Parse("alice"),
            Device = DeviceId.Parse("laptop"),
            Password = "correct horse",
            Register = true,
        });
        await alice.ConnectAsync();
        var sent = await alice.SendAsync(UserId.Parse("bob"), "hello"u8.ToArray());
        Console.WriteLine($"message {sent.Sequence} is on the server's disk");
        // end
    }

    private static async Task ReceiveAsync(int port, string folder)
    {
        // example: receive
        await using var bob = new ChatClient(new ChatClientOptions
        {
            Port = port,
            User = UserId.Parse("bob"),
            Device = DeviceId.Parse("phone"),
            Password = "battery staple",
            Register = true,
            Store = new FileClientStore(folder),
        });
        bob.Start();
        await foreach (var message in bob.ReceiveAsync())
        {
            Console.WriteLine($"{message.Sender}: {Encoding.UTF8.GetString(message.Payload.Span)}");
            bob.Acknowledge(message);
            bob.MarkRead(message.Conversation.User, message.Sequence);
            if (message.Payload.Span.SequenceEqual("bye"u8)) break;
        }
        // end
    }

    // Another device of bob's proves that the account is there before anybody writes to it.
    private static async Task Registered(int port)
    {
        await using var other = new ChatClient(new ChatClientOptions
        {
            Port = port, User = UserId.Parse("bob"), Device = DeviceId.Parse("other"), Password = "battery staple", Register = true,
        });
        await other.ConnectAsync().WaitAsync(ServerProcess.Patience);
    }

    private static async Task SayByeAsync(int port)
    {
        await using var alice = new ChatClient(new ChatClientOptions
        {
            Port = port, User = UserId.Parse("alice"), Device = DeviceId.Parse("phone"), Password = "correct horse", Register = true,
        });
        alice.Start();
        await alice.SendAsync(UserId.Parse("bob"), "bye"u8.ToArray());
    }

    private static string Code(string name)
    {
        const string Indent = "        ";
        var block = Block(Repository.Read(ThisFile), $"// example: {name}\n", Indent + "// end");
        return string.Concat(block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (line.StartsWith(Indent, StringComparison.Ordinal) ? line[Indent.Length..] : line) + "\n"));
    }

    private static string Block(string text, string before, string after)
    {
        text = text.ReplaceLineEndings("\n");
        var start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        Assert.That(start, Is.GreaterThanOrEqualTo(before.Length), before);
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }
}
