using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;

namespace ChatServer.Protocol.Wire;

/// <summary>
/// Strings of ids that this thread has read before. The same few thousand ids come again and again; without this every frame
/// would allocate the strings of its ids. Four places an id: a stranger who aims at them costs an allocation, never a search.
/// </summary>
internal static class InternedIds
{
    /// <summary>Slots of one thread: 256 KiB, and at most 5 MiB of strings.</summary>
    private const int Slots = 32_768;

    /// <summary>Slots in which an id may be; the one that came last pushes out the one that came first.</summary>
    private const int Ways = 4;

    [ThreadStatic]
    private static string?[]? _slots;

    /// <summary>The id as text; false when it is empty, longer than <paramref name="maxBytes"/> or has another character.</summary>
    public static bool TryGet(ReadOnlySpan<byte> utf8, int maxBytes, [NotNullWhen(true)] out string? id)
    {
        id = null;
        if (utf8.Length > maxBytes) return false;
        var slots = _slots ??= new string?[Slots];

        var set = slots.AsSpan((int)(XxHash3.HashToUInt64(utf8) % (Slots / Ways)) * Ways, Ways);

        // Only valid ids are ever in a slot, and the empty one is not, so that a hit needs no further look.
        foreach (var known in set)
        {
            if (!Is(known, utf8)) continue;
            id = known;
            return true;
        }

        if (!IdCharacters.Valid(utf8, maxBytes)) return false;
        set[..^1].CopyTo(set[1..]);
        id = set[0] = Encoding.ASCII.GetString(utf8);
        return true;
    }

    private static bool Is([NotNullWhen(true)] string? known, ReadOnlySpan<byte> utf8) =>
        known is not null && known.Length == utf8.Length && Ascii.Equals(utf8, known);
}
