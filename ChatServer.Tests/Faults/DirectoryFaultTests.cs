using System.Buffers.Binary;
using System.IO.Hashing;
using System.Net;
using System.Text.RegularExpressions;
using ChatServer.Protocol.Frames;
using ChatServer.Tests.Acceptance;
using ChatServer.Tests.Behaviour;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>
/// Data directories that are not what a server left: in use, read-only, newer, of two servers, half copied. The executable refuses with
/// one line and exit code 2 and changes nothing, or, where nothing is missing, serves everything.
/// </summary>
internal sealed class DirectoryFaultTests : IDisposable
{
    private const int Refused = 2;
    private const ulong Messages = 1_500;
    private const ulong InFlight = 32;
    private const ulong AcknowledgeEvery = 100;
    private const int FormatOffset = 4;
    private const int SlotDistance = 4_096;
    private const int SlotHashOffset = 64;

    private readonly DataPath _path = new();
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private byte[] _aliceToken = [];
    private byte[] _bobToken = [];

    private string Data => _path.Data;

    [OneTimeSetUp]
    public void Write()
    {
        using (var server = Start(Data))
        {
            using var alice = RawClient.Register(server.EndPoint, "alice");
            using (var bob = RawClient.Register(server.EndPoint, "bob")) _bobToken = bob.Token;
            for (ulong i = 1; i <= Messages + InFlight; i++)
            {
                if (i <= Messages) alice.SendText("bob", i, Text(i), settled: i > InFlight ? i - InFlight - 1 : 0);
                if (i > InFlight) alice.Expect<SentFrame>();
            }

            _aliceToken = alice.Token;
            // Upkeep has a thread of its own, which may come late where others use the processors.
            Assert.That(SpinWait.SpinUntil(() => Directory.GetFiles(Path.Combine(Data, "checkpoint"), "*.checkpoint").Length > 0, TimeSpan.FromSeconds(30)), Is.True);
            Assert.That(server.Stop(), Is.Zero, server.Log);
        }

        foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories)) _files.Add(Path.GetRelativePath(Data, file), File.ReadAllBytes(file));
    }

    public void Dispose() => _path.Dispose();

    [Test]
    public void A_directory_of_which_one_file_is_missing_or_cut_is_refused_or_whole()
    {
        var tally = new FaultTally();
        foreach (var (file, content) in _files)
        {
            tally.Count($"{file} missing", Judge(data => File.Delete(Path.Combine(data, file))));
            foreach (var length in (int[])[0, content.Length / 2, content.Length - 1])
            {
                if (length >= 0 && length < content.Length) tally.Count($"{file} cut", Judge(data => File.WriteAllBytes(Path.Combine(data, file), content[..length])));
            }
        }

        foreach (var folder in _files.Keys.Select(Path.GetDirectoryName).Where(name => !string.IsNullOrEmpty(name)).Distinct())
            tally.Count($"{folder}/ missing", Judge(data => Directory.Delete(Path.Combine(data, folder!), recursive: true))); // empty names are left out above
        foreach (var line in tally.Lines()) TestContext.Out.WriteLine(line);
    }

    [Test]
    public void An_end_that_was_never_acknowledged_is_cut_and_a_slot_that_is_lost_is_told()
    {
        var segment = Path.Combine("log", "00000000.segment");
        Assert.That(Judge(data => Change(Path.Combine(data, segment), bytes => bytes[^100] = 1), logged: "torn-tail-cut"), Is.EqualTo("whole"));
        Assert.That(Judge(data => Change(Path.Combine(data, "log", "commits"), bytes => bytes[SlotHashOffset] ^= 1), logged: "slot-unreadable"), Is.EqualTo("whole"));
    }

    [Test]
    public void Files_of_another_server_are_refused()
    {
        using var other = new DataPath();
        using (var server = Start(other.Data))
        {
            RawClient.Register(server.EndPoint, "mallory").Dispose();
            Assert.That(server.Stop(), Is.Zero, server.Log);
        }

        foreach (var file in (string[])["cluster.json", Path.Combine("log", "commits"), Path.Combine("log", "00000000.segment")])
            Assert.That(Judge(data => File.Copy(Path.Combine(other.Data, file), Path.Combine(data, file), overwrite: true)), Is.EqualTo("refused"), file);
        Assert.That(Judge(data =>
        {
            Directory.Delete(Path.Combine(data, "log"), recursive: true);
            ScratchFolder.Copy(Path.Combine(other.Data, "log"), Path.Combine(data, "log"));
        }), Is.EqualTo("refused"));
    }

    [Test]
    public void A_newer_format_is_refused_and_says_so()
    {
        Assert.That(Judge(data => Change(Path.Combine(data, "log", "00000000.segment"), bytes => bytes[FormatOffset] = 99), "newer chatserver"), Is.EqualTo("refused"));
        Assert.That(Judge(data => MakeSlotsNewer(Path.Combine(data, "log", "commits")), "newer chatserver"), Is.EqualTo("refused"));
        Assert.That(Judge(data => MakeClusterNewer(Path.Combine(data, "cluster.json")), "newer chatserver"), Is.EqualTo("refused"));
    }

    [Test]
    public void A_directory_in_use_is_refused_in_one_line_and_the_first_server_goes_on()
    {
        using var path = new DataPath();
        using var server = Start(path.Data);
        using var pair = new HonestPair(server.EndPoint);
        pair.IsServed();
        for (var i = 0; i < 3; i++)
        {
            using var second = Start(path.Data);
            Assert.That((second.Ready(), second.WaitForExit()), Is.EqualTo(((IPEndPoint?)null, Refused)));
            Assert.That(second.Log.Split('\n'), Has.Exactly(1).Contains("in use by another chatserver"));
            Assert.That(second.Log.Split('\n'), Has.Length.EqualTo(1), second.Log);
            pair.IsServed();
        }

        Assert.That(server.Stop(), Is.Zero, server.Log);
    }

    [Test]
    public void A_read_only_directory_is_refused_and_serves_when_it_can_be_written()
    {
        using var disk = new SmallDisk(160);
        ScratchFolder.Copy(Data, disk.Data);
        disk.MakeReadOnly();
        RequireRefused(disk.Data, "Read-only");
        disk.MakeWritable();
        RequireWhole(disk.Data);
    }

    /// <summary>Both slots in the format that comes next, whole as far as anybody can tell.</summary>
    private static void MakeSlotsNewer(string path) => Change(path, bytes =>
    {
        foreach (var slot in (int[])[0, SlotDistance])
        {
            bytes[slot + FormatOffset] = 99;
            BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(slot + SlotHashOffset), XxHash128.HashToUInt128(bytes.AsSpan(slot, SlotHashOffset)));
        }
    });

    private static void Change(string path, Action<byte[]> change)
    {
        var bytes = File.ReadAllBytes(path);
        change(bytes);
        File.WriteAllBytes(path, bytes);
    }

    private static void MakeClusterNewer(string path)
    {
        var before = File.ReadAllText(path);
        var after = Regex.Replace(before, "\"format\": [0-9]+", "\"format\": 99");
        Assert.That(after, Is.Not.EqualTo(before));
        File.WriteAllText(path, after);
    }

    /// <summary>What becomes of a copy with one change: refused with nothing changed, or whole.</summary>
    private string Judge(Action<string> change, string? says = null, string? logged = null)
    {
        using var path = new DataPath();
        ScratchFolder.Copy(Data, path.Data);
        change(path.Data);
        var before = Contents(path.Data);
        using (var server = Start(path.Data))
        {
            if (server.Ready() is not null)
            {
                RequireWhole(server);
                if (logged is not null) Assert.That(server.Log, Does.Contain(logged));
                return "whole";
            }

            RequireRefusal(server, path.Data, says);
        }

        Assert.That(Contents(path.Data), Is.EqualTo(before), "a refusal changed something");
        return "refused";
    }

    private static void RequireRefused(string data, string says)
    {
        using var server = Start(data);
        Assert.That(server.Ready(), Is.Null);
        RequireRefusal(server, data, says);
    }

    private static void RequireRefusal(ServerProcess server, string data, string? says)
    {
        Assert.That(server.WaitForExit(), Is.EqualTo(Refused), server.Log);
        var said = server.Log.Split('\n').Where(line => !line.Contains(" info ", StringComparison.Ordinal) && !line.Contains(" warn ", StringComparison.Ordinal)).ToList();
        Assert.That(said, Has.Count.EqualTo(1), server.Log);
        Assert.That(said[0], Does.Contain(data));
        if (says is not null) Assert.That(said[0], Does.Contain(says));
    }

    private void RequireWhole(string data)
    {
        using var server = Start(data);
        RequireWhole(server);
    }

    private void RequireWhole(ServerProcess server)
    {
        using (var alice = RawClient.ByToken(server.EndPoint, "alice", _aliceToken)) Assert.That(alice.Welcome.LastSendNumber, Is.EqualTo(Messages));
        using (var bob = RawClient.ByToken(server.EndPoint, "bob", _bobToken))
        {
            for (ulong i = 1; i <= Messages; i++)
            {
                Assert.That(bob.ExpectText("alice", i), Is.EqualTo(Text(i)));
                if (i % AcknowledgeEvery == 0) bob.Acknowledge("alice", i);
            }
        }

        Assert.That(server.Stop(), Is.Zero, server.Log);
    }

    private static List<(string, string)> Contents(string data) =>
    [
        .. Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "LOCK").Order(StringComparer.Ordinal)
            .Select(file => (file, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))))),
    ];

    private static string Text(ulong number) => $"message {number} ".PadRight(700, '.');

    private static ServerProcess Start(string data) => ServerProcess.Start(data, null, "--trust-source", "127.0.0.0/8", "--segment-bytes", "16777216", "--checkpoint-bytes", "1048576");
}
