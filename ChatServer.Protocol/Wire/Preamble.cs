namespace ChatServer.Protocol.Wire;

/// <summary>
/// What a client sends before its first frame: the bytes <c>CHAT</c>, the lowest and the highest version that it speaks. It turns
/// strangers away (HTTP, TLS on the wrong port, scanners) before anything is kept for them.
/// </summary>
public static class Preamble
{
    /// <summary>The first four bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "CHAT"u8;

    /// <summary>Writes <see cref="ProtocolLimits.PreambleBytes"/> with the one version there is as lowest and highest.</summary>
    public static void Write(Span<byte> destination) => Write(destination, ProtocolLimits.Version, ProtocolLimits.Version);

    /// <summary>Writes <see cref="ProtocolLimits.PreambleBytes"/>.</summary>
    public static void Write(Span<byte> destination, byte lowest, byte highest)
    {
        Magic.CopyTo(destination);
        destination[4] = lowest;
        destination[5] = highest;
    }

    /// <summary>
    /// Whether bytes that have come so far, fewer than a preamble perhaps, can still become one. A stranger who sends three bytes
    /// and waits is known by them.
    /// </summary>
    public static bool MayBegin(ReadOnlySpan<byte> received) =>
        received.Length < Magic.Length ? Magic.StartsWith(received) : received.StartsWith(Magic);

    /// <summary>
    /// Reads a preamble; false when the magic is another, the lowest version is 0 or above the highest, or bytes are missing.
    /// Whether the versions suit is for the caller.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> sixBytes, out byte lowest, out byte highest)
    {
        lowest = highest = 0;
        if (sixBytes.Length < ProtocolLimits.PreambleBytes || !sixBytes.StartsWith(Magic)) return false;
        lowest = sixBytes[4];
        highest = sixBytes[5];
        return lowest >= 1 && lowest <= highest;
    }
}
