using System.Buffers;

namespace ChatServer.Protocol.Wire;

/// <summary>The alphabet of ids: small enough that no two ids look alike and none needs case folding.</summary>
internal static class IdCharacters
{
    private static readonly SearchValues<byte> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-@+"u8);

    public static bool Valid(ReadOnlySpan<byte> utf8, int maxBytes) =>
        !utf8.IsEmpty && utf8.Length <= maxBytes && !utf8.ContainsAnyExcept(Allowed);
}
