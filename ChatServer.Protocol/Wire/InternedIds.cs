using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;

namespace ChatServer.Protocol.Wire;

/// <summary>
/// Strings of ids that this thread has read before. The same few thousand ids come again and again; without this every frame
/// would allocate the strings of its ids. Direct-mapped: a stranger who aims at one slot costs an allocation, never a search.
/// </summary>
internal static class InternedIds
{
    /// <summary>Slots of one thread: 32 KiB, and at most 600 KiB of strings.</summary>
    private const int Slots = 4_096;

    [ThreadStatic]
    private static string?[]? _slots;

    /// <summary>The id as text; false when it is empty, longer than <paramref name="maxBytes"/> or has another character.</summary>
    public static bool TryGet(ReadOnlySpan<byte> utf8, int maxBytes, [NotNullWhen(true)] out string? id)
    {
        id = null;
        if (utf8.Length > maxBytes) return false;
        var slots = _slots ??= new string?[Slots];
        ref var slot = ref slots[XxHash3.HashToUInt64(utf8) % Slots];

        // Only valid ids are ever in a slot, and the empty one is not, so that a hit needs no further look.
        if (slot is { } known && known.Length == utf8.Length && Ascii.Equals(utf8, known))
        {
            id = known;
            return true;
        }

        if (!IdCharacters.Valid(utf8, maxBytes)) return false;
        id = slot = Encoding.ASCII.GetString(utf8);
        return true;
    }
}
