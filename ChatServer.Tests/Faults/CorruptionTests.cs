using System.Text.RegularExpressions;
using ChatServer.Host;
using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>
/// Bits flipped, ends cut off and sectors zeroed in every kind of file that a data directory has, one at a time. The start is refused
/// with the file named, or the server stops when it reads the place, or everything is served byte for byte as before; never anything
/// else, and never nothing. What kinds of files there are is found out from the directory, so a new kind is damaged from its first day.
/// </summary>
internal sealed partial class CorruptionTests : IDisposable
{
    private const int SectorBytes = 512;
    private const int Steps = 500;
    private const int RestartEvery = 130;
    private const int KeepUpEvery = 60;
    private const int PayloadBytes = 500;
    private const string Whole = "served whole, verify tells";

    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private ScratchFolder? _folder;
    private ShardScript _script = new(0, PayloadBytes, int.MaxValue);
    private string _served = "";

    private string Data => _folder?.Data ?? throw new InvalidOperationException("The directory is written first");

    [OneTimeSetUp]
    public void Write()
    {
        _folder = new ScratchFolder();
        _script = new ShardScript(3, PayloadBytes, awayUntil: int.MaxValue);
        StoredShard? shard = null;
        for (var step = 0; step < Steps; step++)
        {
            if (step % RestartEvery == 0)
            {
                shard?.Dispose();
                shard = StoredShard.Open(Data);
                _script.Disconnected();
            }

            if (shard is null) continue;
            if (step % KeepUpEvery == KeepUpEvery - 1) Assert.That(shard.TryKeepUp(), Is.True);
            _script.Step(shard);
        }

        shard?.Dispose();
        foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories)) _files.Add(file, File.ReadAllBytes(file));
        Assert.That(Verify(), Is.Null);
        Restore();
        using (var undamaged = StoredShard.Open(Data)) _served = _script.Transcript(undamaged);
        Restore();
        Assert.That(Regex.Count(_served, " Message "), Is.GreaterThan(50), "too little waits to be served");
    }

    public void Dispose() => _folder?.Dispose();

    [Test]
    public void Damage_of_any_kind_in_any_file_is_refused_or_harmless()
    {
        var flips = FaultCounts.Of("CORRUPTION_TRIALS", 2_000);
        var seed = FaultCounts.Of("CORRUPTION_SEED", Environment.TickCount);
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var kinds = _files.Where(file => file.Value.Length > 0).GroupBy(file => KindOf(file.Key), file => file.Key).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => (kind.Key, Files: kind.ToArray())).ToArray();
        var tally = new FaultTally();
        for (var trial = 0; trial < flips + (2 * (flips / 10)); trial++)
        {
            var (kind, files) = kinds[trial % kinds.Length];
            var file = files[random.Next(files.Length)];
            var (damage, place) = trial < flips ? Flip(file, random) : trial % 2 == 0 ? Truncate(file, random) : ZeroSector(file, random);
            try
            {
                tally.Count($"{kind} {damage}", Judge());
            }
            catch (Exception e)
            {
                throw new AssertionException($"trial {trial} of seed {seed}: {damage} of {file} at {place}: {e.Message}", e);
            }

            Restore();
        }

        TestContext.Out.WriteLine($"{tally.Total} trials on {_files.Count} files of {kinds.Length} kinds, {_script.Acknowledged} messages acknowledged, {Regex.Count(_served, " Message ")} of them due; wrong bytes 0, started empty 0");
        foreach (var line in tally.Lines()) TestContext.Out.WriteLine(line);
    }

    private static (string Damage, long Place) Flip(string path, Random random)
    {
        var bytes = File.ReadAllBytes(path);
        var place = random.Next(bytes.Length);
        bytes[place] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(path, bytes);
        return ("flipped", place);
    }

    private static (string Damage, long Place) Truncate(string path, Random random)
    {
        var bytes = File.ReadAllBytes(path);
        var place = random.Next(4) == 0 ? 0 : random.Next(bytes.Length);
        File.WriteAllBytes(path, bytes[..place]);
        return ("truncated", place);
    }

    // One that holds anything, or nothing would be damaged.
    private static (string Damage, long Place) ZeroSector(string path, Random random)
    {
        var bytes = File.ReadAllBytes(path);
        var sectors = (bytes.Length + SectorBytes - 1) / SectorBytes;
        var place = random.Next(sectors);
        while (!Sector(bytes, place).ContainsAnyExcept((byte)0)) place = (place + 1) % sectors;
        Sector(bytes, place).Clear();
        File.WriteAllBytes(path, bytes);
        return ("zeroed", place * SectorBytes);

        static Span<byte> Sector(byte[] bytes, int number) => bytes.AsSpan(number * SectorBytes, Math.Min(SectorBytes, bytes.Length - (number * SectorBytes)));
    }

    /// <summary>What became of it. Whatever a start or a reader notices, <c>chatserver log verify</c> has to notice as well.</summary>
    private string Judge()
    {
        var complaint = Verify();
        var outcome = Serve();
        if (complaint is not null) RequireOneLineWithAFile(complaint);
        Assert.That(complaint, Is.Not.Null, $"{outcome}, and verify saw nothing");
        return outcome;
    }

    private string Serve()
    {
        StoredShard shard;
        try
        {
            shard = StoredShard.Open(Data);
        }
        catch (Exception refusal) when (refusal is StorageException or InvalidDataException)
        {
            RequireOneLineWithAFile(refusal.Message);
            return "start refused";
        }

        using (shard)
        {
            try
            {
                Assert.That(_script.Transcript(shard), Is.EqualTo(_served), "another course than the one that was acknowledged");
            }
            catch (Exception failure) when (failure is StorageException or InvalidDataException)
            {
                RequireOneLineWithAFile(failure.Message);
                return "stopped where it read";
            }

            return shard.DamagedCheckpoints > 0 ? "older checkpoint, whole" : Whole;
        }
    }

    /// <summary>What <c>chatserver log verify</c> complains about first.</summary>
    private string? Verify()
    {
        try
        {
            var complaints = new StringWriter();
            using var log = StoredLog.Open(Data);
            var (isWhole, _) = LogVerification.Run(log, TextWriter.Null, complaints);
            return isWhole ? null : complaints.ToString().Split('\n').First(line => line.StartsWith("damaged", StringComparison.Ordinal));
        }
        catch (Exception complaint) when (complaint is StorageException or InvalidDataException)
        {
            return complaint.Message;
        }
    }

    private void RequireOneLineWithAFile(string message) => Assert.That(message, Does.Contain(Data).And.Not.Contain("\n"));

    private void Restore()
    {
        foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories))
        {
            if (!_files.ContainsKey(file)) File.Delete(file);
        }

        foreach (var (file, bytes) in _files) File.WriteAllBytes(file, bytes);
    }

    private string KindOf(string path) => Digits().Replace(Path.GetRelativePath(Data, path), "N");

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
