using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatServer.Host;

/// <summary>One JSON object a line, both ways, of bounded length.</summary>
internal static class AdminLines
{
    /// <summary>Longest request. One takes a few hundred bytes.</summary>
    public const int RequestBytes = 4 * 1_024;

    /// <summary>Longest answer: a page of a list.</summary>
    public const int AnswerBytes = 256 * 1_024;

    /// <summary>Most accounts on a page: 1,000 with the longest names fit in an answer.</summary>
    public const int PageUsers = 1_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        MaxDepth = 4,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Reads the next line; null at the end.</summary>
    /// <exception cref="InvalidDataException">It is too long, not finished, or not such an object.</exception>
    public static async Task<T?> ReadAsync<T>(PipeReader reader, int bytesMax, CancellationToken stop)
        where T : class
    {
        while (true)
        {
            var result = await reader.ReadAsync(stop);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                if (line.Length > bytesMax) throw new InvalidDataException($"a line of more than {bytesMax} bytes");
                var read = Parse<T>(line.ToArray());
                reader.AdvanceTo(buffer.GetPosition(1, end));
                return read;
            }

            if (buffer.Length > bytesMax) throw new InvalidDataException($"a line of more than {bytesMax} bytes");
            if (result.IsCompleted) return buffer.IsEmpty ? null : throw new InvalidDataException("a line without an end");
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public static async Task WriteAsync<T>(Stream stream, T value, CancellationToken stop)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(value, Json), (byte)'\n'];
        await stream.WriteAsync(line, stop);
    }

    private static T Parse<T>(byte[] line)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Json) ?? throw new InvalidDataException("a line without an object");
        }
        catch (JsonException e)
        {
            // The message of the exception may quote the line, and with it a hash; where it went wrong is enough.
            throw new InvalidDataException($"not such an object at byte {e.BytePositionInLine}");
        }
        finally
        {
            Array.Clear(line);
        }
    }
}
