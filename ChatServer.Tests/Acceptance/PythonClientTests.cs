using System.Diagnostics;
using System.Text.Json;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Acceptance;

/// <summary>The client in docs/examples, written from docs/PROTOCOL.md alone, against the real server.</summary>
internal sealed class PythonClientTests
{
    [Test]
    public void It_logs_in_sends_receives_and_acknowledges()
    {
        var python = OutsideTool.RequirePython("msgpack");
        using var path = new DataPath();
        using var server = ServerProcess.Start(path.Data);
        var port = server.EndPoint.Port;
        Run(python, port, "bob", path, register: true, "quit");
        var alice = Run(python, port, "alice", path, register: true, "send bob hello", "send bob again", "quit");
        Assert.That(Of(alice, "Sent").Select(frame => frame.GetProperty("sequence").GetInt32()), Is.EqualTo((int[])[1, 2]));

        var bob = Run(python, port, "bob", path, register: false, "receive 2", "read", "send alice thanks", "quit");
        Assert.That(Of(bob, "Message").Select(frame => frame.GetProperty("text").GetString()), Is.EqualTo((string[])["hello", "again"]));

        alice = Run(python, port, "alice", path, register: false, "receive 1", "ack", "settle", "quit");
        Assert.That(Of(alice, "Message").Select(frame => frame.GetProperty("text").GetString()), Is.EqualTo((string[])["thanks"]));
        var mark = Of(alice, "Marks").First().GetProperty("items")[0];
        Assert.That((mark.GetProperty("user").GetString(), mark.GetProperty("readUpTo").GetInt32()), Is.EqualTo(("bob", 2)));

        var nothing = Run(python, port, "bob", path, register: false, "settle", "quit");
        Assert.That(Of(nothing, "Message"), Is.Empty, "what was acknowledged comes again");
    }

    private static IEnumerable<JsonElement> Of(IEnumerable<JsonElement> frames, string kind) =>
        frames.Where(frame => frame.GetProperty("frame").GetString() == kind);

    private static List<JsonElement> Run(string python, int port, string user, DataPath path, bool register, params string[] commands)
    {
        var script = path.File("commands");
        File.WriteAllLines(script, commands);
        List<string> line = [Path.Combine(Repository.Root, "docs", "examples", "chat_client.py"), "--port", $"{port}", "--user", user, "--device", "laptop"];
        line.AddRange(["--password-env", "PASSWORD", "--state", path.File(user + ".json"), "--script", script]);
        if (register) line.Add("--register");
        var start = new ProcessStartInfo(python, line) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["PASSWORD"] = "correct horse" } };
        using var process = Process.Start(start) ?? throw new AssertionException("Python does not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.That(process.WaitForExit(ServerProcess.Patience), Is.True);
        Assert.That(process.ExitCode, Is.Zero, output + errors.Result);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => JsonDocument.Parse(text).RootElement)];
    }
}
