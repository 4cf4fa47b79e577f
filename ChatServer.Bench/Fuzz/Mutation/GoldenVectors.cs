using System.Text.Json.Nodes;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Fuzz.Mutation;

/// <summary>docs/protocol-vectors.json, which the build puts into the program: seeds, and the words of the dictionary.</summary>
internal static class GoldenVectors
{
    private const string Resource = "protocol-vectors.json";

    /// <summary>Bodies by kind, those that are refused too.</summary>
    public static ILookup<FrameKind, byte[]> Bodies { get; } = Read().ToLookup(vector => vector.Kind, vector => vector.Body);

    /// <summary>Every element of every body once, the long ones left out.</summary>
    public static IReadOnlyList<byte[]> Words { get; } = Elements();

    private static IEnumerable<(FrameKind Kind, byte[] Body)> Read()
    {
        using var stream = typeof(GoldenVectors).Assembly.GetManifestResourceStream(Resource) ?? throw new FileNotFoundException(Resource);
        var document = JsonNode.Parse(stream)!; // the file is an object
        foreach (var frame in document["frames"]!.AsArray()) yield return (KindOf(frame), Hex(frame)[ProtocolLimits.HeaderBytes..]); // each document has them
        foreach (var refused in document["refused"]!.AsArray()) yield return (KindOf(refused), Hex(refused)); // the same
    }

    private static FrameKind KindOf(JsonNode? row) => Enum.Parse<FrameKind>(row!["kind"]!.GetValue<string>()); // each row has one

    private static byte[] Hex(JsonNode? row) => Convert.FromHexString(row!["hex"]!.GetValue<string>()); // the same

    private static List<byte[]> Elements()
    {
        const int WordMax = 80;
        var words = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var elements = new List<MessagePackElement>();
        foreach (var body in Bodies.SelectMany(bodies => bodies))
        {
            if (!MessagePackWalk.TryRead(body, elements)) continue;
            foreach (var element in elements.Where(element => element.End - element.Start <= WordMax))
            {
                var word = body[element.Start..element.End];
                words[Convert.ToHexString(word)] = word;
            }
        }

        return [.. words.Values];
    }
}
