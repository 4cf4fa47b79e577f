using System.Text.Json.Nodes;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.House;

namespace ChatServer.Tests.Protocol;

/// <summary>docs/protocol-vectors.json.</summary>
internal static class Vectors
{
    public static JsonObject Document { get; } =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "protocol-vectors.json")))!.AsObject(); // the file is an object

    public static IReadOnlyList<FrameVector> Frames { get; } = [.. Rows("frames").Select(row => new FrameVector(
        Text(row, "name"),
        Enum.Parse<FrameKind>(Text(row, "kind")),
        row["correlation"]!.GetValue<uint>(), // each row has one
        Convert.FromHexString(Text(row, "hex")),
        row["decoded"]!.AsObject(), // the same
        row["canonical"]!.GetValue<bool>()))]; // the same

    public static IReadOnlyList<RefusedVector> Refused { get; } = [.. Rows("refused").Select(row => new RefusedVector(
        Text(row, "name"),
        Enum.Parse<FrameKind>(Text(row, "kind")),
        Convert.FromHexString(Text(row, "hex")),
        Enum.Parse<ErrorCode>(Text(row, "code")),
        row["argument"]!.GetValue<ulong>()))]; // the same

    public static IEnumerable<JsonObject> Rows(string section) => Document[section]!.AsArray().Select(row => row!.AsObject()); // the same

    public static string Text(JsonNode row, string field) => row[field]!.GetValue<string>(); // the same

    internal sealed record FrameVector(string Name, FrameKind Kind, uint Correlation, byte[] Bytes, JsonObject Decoded, bool Canonical)
    {
        public ReadOnlyMemory<byte> Body => Bytes.AsMemory(ProtocolLimits.HeaderBytes);

        public override string ToString() => Name;
    }

    internal sealed record RefusedVector(string Name, FrameKind Kind, byte[] Body, ErrorCode Code, ulong Argument)
    {
        public override string ToString() => Name;
    }
}
