using System.Diagnostics;
using System.Globalization;
using ChatServer.Protocol.Frames;
using ChatServer.Tests.Behaviour;
using NUnit.Framework;

namespace ChatServer.Tests.Acceptance;

/// <summary>The executable over a time in which much passes through it: disk use, those who are away, backups.</summary>
internal sealed class UpkeepTests
{
    private const int PayloadBytes = 12_000;
    private const int Waiting = 20;
    private const long MegaByte = 1024 * 1024;

    private static readonly string[] Options = ["--trust-source", "127.0.0.0/8", "--segment-bytes", "16MiB", "--checkpoint-bytes", "8MiB"];

    [Test]
    public void The_log_goes_on_without_those_who_are_away_and_they_get_everything()
    {
        using var path = new DataPath();
        byte[] carolToken;
        using (var server = ServerProcess.Start(path.Data, null, Options))
        {
            using var alice = RawClient.Register(server.EndPoint, "alice");
            using var bob = RawClient.Register(server.EndPoint, "bob");
            using (var carol = RawClient.Register(server.EndPoint, "carol")) carolToken = carol.Token;
            ulong number = 0;
            for (ulong i = 1; i <= Waiting; i++) SendAndWait(alice, "carol", ++number, $"for carol {i}");
            var before = Status(path.Data)["logBytes"];

            // Some 90 MB to bob, who takes them.
            for (ulong i = 1; i <= 7_500; i++)
            {
                SendAndWait(alice, "bob", ++number, new string('x', PayloadBytes));
                bob.ExpectText("alice", i);
                bob.Acknowledge("alice", i);
            }

            var status = Until(path.Data, status => status["coldBytes"] > 0 && status["waiting"] == Waiting && status["logBytes"] <= 6 * 16 * MegaByte);
            Assert.That(before, Is.LessThanOrEqualTo(3 * 16 * MegaByte));
            Assert.That(status["unaccounted"], Is.Zero);
            server.Kill();
        }

        var (code, output) = Run("log", "verify", "--data", path.Data);
        Assert.That(code, Is.Zero, output);
        using (var server = ServerProcess.Start(path.Data, null, Options))
        {
            using var carol = RawClient.ByToken(server.EndPoint, "carol", carolToken);
            for (ulong i = 1; i <= Waiting; i++) Assert.That(carol.ExpectText("alice", i), Is.EqualTo($"for carol {i}"));
            carol.Acknowledge("alice", Waiting);
            Until(path.Data, status => status["waiting"] == 0);
            Assert.That(server.Stop(), Is.Zero, server.Log);
        }
    }

    [Test]
    public void A_backup_of_a_running_server_has_what_was_acknowledged_before_and_is_another_history_when_restored()
    {
        using var path = new DataPath();
        using var server = ServerProcess.Start(path.Data, null, Options);
        using var alice = RawClient.Register(server.EndPoint, "alice");
        byte[] bobToken;
        using (var bob = RawClient.Register(server.EndPoint, "bob")) bobToken = bob.Token;
        for (ulong i = 1; i <= Waiting; i++) SendAndWait(alice, "bob", i, $"message {i}");
        var (code, output) = Run("backup", path.File("backup"), "--data", path.Data);
        Assert.That(code, Is.Zero, output);
        Assert.That(output, Does.Contain("backed up"));
        SendAndWait(alice, "bob", Waiting + 1, "too late for the backup");
        (code, output) = Run("backup", path.File("backup"), "--data", path.Data);
        Assert.That(code, Is.EqualTo(1), "a place that is taken is refused: " + output);
        server.Kill();

        (code, output) = Run("restore", path.File("backup"), "--data", path.File("restored"));
        Assert.That(code, Is.Zero, output);
        using var restored = ServerProcess.Start(path.File("restored"), null, Options);
        using var again = RawClient.ByToken(restored.EndPoint, "bob", bobToken);
        Assert.That(again.Welcome.History.ToArray(), Is.Not.EqualTo(alice.Welcome.History.ToArray()));
        for (ulong i = 1; i <= Waiting; i++) Assert.That(again.ExpectText("alice", i), Is.EqualTo($"message {i}"));
        again.Expect<CaughtUpFrame>();
    }

    [Test]
    public void A_damaged_backup_is_not_restored()
    {
        using var path = new DataPath();
        using (var server = ServerProcess.Start(path.Data, null, Options))
        {
            using var alice = RawClient.Register(server.EndPoint, "alice");
            using var bob = RawClient.Register(server.EndPoint, "bob");
            SendAndWait(alice, "bob", 1, "hello");
            Assert.That(server.Stop(), Is.Zero, server.Log);
        }

        Assert.That(Run("backup", path.File("backup"), "--data", path.Data).Code, Is.Zero);
        var segment = Path.Combine(path.File("backup"), "log", "00000000.segment");
        var bytes = File.ReadAllBytes(segment);
        bytes[4_096 + 700] ^= 1;
        File.WriteAllBytes(segment, bytes);
        var (code, output) = Run("restore", path.File("backup"), "--data", path.File("restored"));
        Assert.That(code, Is.EqualTo(2), output);
        Assert.That(output, Does.Contain(segment));
        Assert.That(Directory.Exists(path.File("restored")), Is.False);
    }

    [Test]
    public void What_waits_can_be_exported()
    {
        using var path = new DataPath();
        using (var server = ServerProcess.Start(path.Data, null, Options))
        {
            using var alice = RawClient.Register(server.EndPoint, "alice");
            using (RawClient.Register(server.EndPoint, "bob"))
            {
            }

            SendAndWait(alice, "bob", 1, "hello");
            Assert.That(server.Stop(), Is.Zero, server.Log);
        }

        var (code, output) = Run("log", "export", "--data", path.Data, "--payloads");
        Assert.That(code, Is.Zero, output);
        Assert.That(output, Does.Contain("\"messageFor\":\"bob\",\"with\":\"alice\",\"sequence\":1,\"sender\":\"alice\"").And.Contain("\"payload\":\"aGVsbG8=\"").And.Contain("{\"user\":\"alice\""));
        Assert.That(Run("log", "export", "--data", path.Data).Output, Does.Not.Contain("aGVsbG8=").And.Contain("\"payloadBytes\":5"));
    }

    private static void SendAndWait(RawClient client, string to, ulong number, string text)
    {
        client.SendText(to, number, text, number - 1);
        client.Expect<SentFrame>();
    }

    private static Dictionary<string, long> Until(string data, Func<Dictionary<string, long>, bool> reached)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var status = Status(data);
            if (reached(status)) return status;
            if (Stopwatch.GetElapsedTime(started) > ServerProcess.Patience) throw new AssertionException(string.Join(", ", status));
        }
    }

    private static Dictionary<string, long> Status(string data)
    {
        var (_, output) = Run("status", "--data", data);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(ServerProcess.Executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new AssertionException("The executable does not start");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
