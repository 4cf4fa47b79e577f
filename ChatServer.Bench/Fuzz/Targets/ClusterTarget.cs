using System.IO.Hashing;
using System.Buffers.Binary;
using System.Text;
using ChatServer.Storage;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>
/// cluster.json: what is accepted is written again byte for byte, everything else is refused in one line that names the file. The
/// first byte says whether the checksum is made right, so that the search comes behind it.
/// </summary>
internal sealed class ClusterTarget : FuzzTarget
{
    private const byte Sealed = 1;
    private const string ChecksumName = "\"checksum\": \"";
    private const int ChecksumDigits = 32;

    private readonly string _directory = Directory.CreateTempSubdirectory("chatserver-fuzz-").FullName;

    public override string Name => "cluster";

    public override string About => "cluster.json, with and without a right checksum";

    public override int MaxBytes => 2_048;

    /// <summary>A file is opened, parsed, encoded twice; the checks of the file system cost what they cost.</summary>
    public override FuzzBounds Bounds => new(64, 64 * 1_024, TimeSpan.FromMilliseconds(50));

    public override IReadOnlyList<byte[]> Seeds { get; } = [.. new[] { true, false }.SelectMany(created => new byte[][] { [0, .. File(created)], [Sealed, .. File(created)] })];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. new[]
        {
            "null", "true", "false", "{}", "[]", "\"\"", "-1", "1e999", "2147483648", "0.5", "\\u0000", "\\ud800", "\n", " ", ",", ":", "\"", "=", "==",
            "\"format\": 1", "\"format\": 3", "\"incarnation\": \"\"", "\"format\": 0", "\"shardId\": 1", "\"partitionCount\": 0", "\"sectorBytes\": 4096", "\"hashSeed\": \"0\"", "\"logCreated\": null",
            "\"tokenKey\": \"\"", "\"historyId\": \"\"", "\"file\": null", "// comment",
        }.Select(Encoding.UTF8.GetBytes),
        [0xEF, 0xBB, 0xBF],
        [0xFF],
    ];

    public override void Run(byte[] input, FuzzMeter meter)
    {
        if (input.Length == 0) return;
        var bytes = input.AsSpan(1).ToArray();
        if ((input[0] & Sealed) != 0) Reseal(bytes);
        var path = Path.Combine(_directory, "cluster.json");
        System.IO.File.WriteAllBytes(path, bytes);
        ClusterSettings settings;
        try
        {
            meter.Start();
            settings = StorageDecoders.ReadCluster(path);
            meter.Stop();
        }
        catch (StorageException refusal)
        {
            meter.Stop();
            Oracle.Holds(!refusal.Message.Contains('\n', StringComparison.Ordinal), "a refusal is one line");
            Oracle.Holds(refusal.Message.StartsWith(path, StringComparison.Ordinal), "a refusal names the file");
            return;
        }

        // An older format is read, and written as the newest.
        var written = StorageDecoders.ClusterBytes(path, settings);
        var isOlder = written.AsSpan().IndexOf("\"format\": 2"u8) >= 0 && bytes.AsSpan().IndexOf("\"format\": 1"u8) >= 0;
        Oracle.Holds(isOlder || written.AsSpan().SequenceEqual(bytes), "what is accepted is as it would be written");
        Oracle.Holds(StorageDecoders.ClusterBytes(path, StorageDecoders.ReadCluster(path)).AsSpan().SequenceEqual(written), "what was written is accepted");
    }

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static byte[] File(bool created)
    {
        var directory = Directory.CreateTempSubdirectory("chatserver-fuzz-");
        try
        {
            return StorageDecoders.ClusterBytes(Path.Combine(directory.FullName, "cluster.json"), new ClusterSettings
            {
                HashSeed = 0x0123456789ABCDEF,
                TokenKey = new byte[ClusterSettings.TokenKeyBytes],
                HistoryId = new byte[ClusterSettings.HistoryIdBytes],
                Incarnation = new byte[ClusterSettings.HistoryIdBytes],
                LogCreated = created,
            });
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>The checksum is that of the file with an empty one.</summary>
    private static void Reseal(byte[] bytes)
    {
        var place = bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(ChecksumName));
        if (place < 0 || place + ChecksumName.Length + ChecksumDigits > bytes.Length) return;
        var digits = bytes.AsSpan(place + ChecksumName.Length, ChecksumDigits);
        Span<byte> hash = stackalloc byte[16];
        byte[] without = [.. bytes.AsSpan(0, place + ChecksumName.Length), .. bytes.AsSpan(place + ChecksumName.Length + ChecksumDigits)];
        BinaryPrimitives.WriteUInt128BigEndian(hash, XxHash128.HashToUInt128(without));
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash)).CopyTo(digits);
    }
}
