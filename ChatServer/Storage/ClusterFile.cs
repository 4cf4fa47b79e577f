using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace ChatServer.Storage;

/// <summary>
/// <c>cluster.json</c>: one way to write it, and only what is written that way, byte for byte, is accepted. Its last value is the
/// XxHash128 of the file with that value empty, so a flipped bit anywhere is noticed. Replaced by renaming, never rewritten.
/// </summary>
internal static class ClusterFile
{
    public const string FileName = "cluster.json";

    private const int Format = 2;

    /// <summary>Without an incarnation: the history id stood for it.</summary>
    private const int FirstFormat = 1;
    private const int MaxBytes = 1 << 16;
    private const string Kind = "chatserver data directory";
    private const string NewExtension = ".new";

    public static ClusterSettings Read(string path)
    {
        var bytes = ReadBounded(path);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.GetProperty("file").GetString() != Kind) throw new StorageException($"{path}: not the file of a data directory");
            var format = root.GetProperty("format").GetInt32();
            if (format > Format)
                throw new StorageException($"{path}: written in format {format}, this version knows formats up to {Format}; use a newer chatserver");
            var history = Convert.FromHexString(root.GetProperty("historyId").GetString() ?? "");
            var settings = new ClusterSettings
            {
                ShardId = root.GetProperty("shardId").GetInt32(),
                PartitionCount = root.GetProperty("partitionCount").GetInt32(),
                SectorBytes = root.GetProperty("sectorBytes").GetInt32(),
                HashSeed = ulong.Parse(root.GetProperty("hashSeed").GetString() ?? "", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                TokenKey = root.GetProperty("tokenKey").GetBytesFromBase64(),
                HistoryId = history,
                Incarnation = format == FirstFormat ? history : Convert.FromHexString(root.GetProperty("incarnation").GetString() ?? ""),
                LogCreated = root.GetProperty("logCreated").GetBoolean(),
            };
            if (!Encode(settings, format).AsSpan().SequenceEqual(bytes)) throw new StorageException($"{path}: the checksum is not right; the file was changed or damaged");
            return settings;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new StorageException($"{path}: cannot be read as the file of a data directory: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }

    public static void Write(string path, ClusterSettings settings)
    {
        var newPath = path + NewExtension;
        if (File.Exists(newPath)) File.Delete(newPath);
        using (var file = BlockFile.Open(newPath, create: true))
        {
            file.Write(Encode(settings, Format), 0);
            file.Sync();
        }

        File.Move(newPath, path, overwrite: true);
        Posix.SyncDirectory(Path.GetDirectoryName(path) ?? ".");
    }

    private static byte[] ReadBounded(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > MaxBytes) throw new StorageException($"{path}: too large for the file of a data directory");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Encode(ClusterSettings settings, int format)
    {
        Span<byte> hash = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(hash, XxHash128.HashToUInt128(Encode(settings, format, "")));
        return Encode(settings, format, Convert.ToHexStringLower(hash));
    }

    private static byte[] Encode(ClusterSettings settings, int format, string checksum)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString("file", Kind);
            writer.WriteNumber("format", format);
            writer.WriteNumber("shardId", settings.ShardId);
            writer.WriteNumber("partitionCount", settings.PartitionCount);
            writer.WriteNumber("sectorBytes", settings.SectorBytes);
            writer.WriteString("hashSeed", settings.HashSeed.ToString("x16", CultureInfo.InvariantCulture));
            writer.WriteBase64String("tokenKey", settings.TokenKey.Span);
            writer.WriteString("historyId", Convert.ToHexStringLower(settings.HistoryId.Span));
            if (format > FirstFormat) writer.WriteString("incarnation", Convert.ToHexStringLower(settings.Incarnation.Span));
            writer.WriteBoolean("logCreated", settings.LogCreated);
            writer.WriteString("checksum", checksum);
            writer.WriteEndObject();
        }

        output.Write(Encoding.UTF8.GetBytes("\n"));
        return output.WrittenSpan.ToArray();
    }
}
