using System.Buffers.Binary;

namespace ChatServer.Bench.Fuzz.Mutation;

/// <summary>Changes that know nothing of what the bytes mean.</summary>
internal sealed class ByteMutator : InputMutator
{
    private const int PieceMax = 64;

    /// <summary>Where signed and unsigned numbers, lengths and counts turn over, and the limits of the protocol with their neighbours.</summary>
    private static readonly ulong[] Numbers =
    [
        0, 1, 2, 15, 16, 31, 32, 63, 64, 65, 100, 127, 128, 255, 256, 257, 511, 512, 1_023, 1_024, 1_025, 4_095, 4_096, 4_097,
        16_383, 16_384, 16_385, 32_767, 32_768, 65_535, 65_536, 65_537, 0x7FFFFF, 0x800000, 0xFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE,
        0xFFFFFFFF, 0x100000000, long.MaxValue, 0x8000000000000000, ulong.MaxValue - 1, ulong.MaxValue,
    ];

    public override byte[] Change(byte[] input, MutationSource source)
    {
        var random = source.Random;
        if (input.Length == 0) return Inserted(input, source.Word(), 0);
        var place = random.Below(input.Length);
        var end = Math.Min(input.Length, place + 1 + random.Below(random.OneIn(8) ? input.Length : PieceMax));
        return random.Below(13) switch
        {
            0 or 1 => Replaced(input, place, (byte)(input[place] ^ (1 << random.Below(8)))),
            2 => Replaced(input, place, random.Byte()),
            3 => Replaced(input, place, (byte)(input[place] + random.Between(-16, 16))),
            4 => WithNumber(input, place, random.Of(Numbers), random),
            5 => [.. input[..place], .. input[end..]],
            6 => Inserted(input, input.AsSpan(place..end), random.Below(input.Length + 1)),
            7 => Inserted(input, random.Bytes(random.Between(1, 8)), place),
            8 => Inserted(input, source.Word(), random.Below(input.Length + 1)),
            9 => Overwritten(input, source.Word(), place),
            10 => Spliced(input, source.OtherInput(), random),
            11 => input[..place],
            _ => Overwritten(input, input.AsSpan(random.Below(end)..end), place),
        };
    }

    private static byte[] Replaced(byte[] input, int place, byte value)
    {
        byte[] changed = [.. input];
        changed[place] = value;
        return changed;
    }

    private static byte[] Inserted(byte[] input, ReadOnlySpan<byte> piece, int place) => [.. input[..place], .. piece, .. input[place..]];

    private static byte[] Overwritten(byte[] input, ReadOnlySpan<byte> piece, int place)
    {
        byte[] changed = [.. input];
        piece[..Math.Min(piece.Length, input.Length - place)].CopyTo(changed.AsSpan(place));
        return changed;
    }

    private static byte[] Spliced(byte[] input, byte[] other, FuzzRandom random)
    {
        if (other.Length == 0) return input;
        var from = random.Below(other.Length);
        var to = random.Between(from, Math.Min(other.Length, from + PieceMax));
        var place = random.Below(input.Length + 1);
        return random.OneIn(2) ? [.. input[..place], .. other[from..]] : Inserted(input, other.AsSpan(from..to), place);
    }

    private static byte[] WithNumber(byte[] input, int place, ulong number, FuzzRandom random)
    {
        Span<byte> eight = stackalloc byte[sizeof(ulong)];
        var width = 1 << random.Below(4);
        if (random.OneIn(2))
        {
            BinaryPrimitives.WriteUInt64BigEndian(eight, number);
            return Overwritten(input, eight[^width..], place);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(eight, number);
        return Overwritten(input, eight[..width], place);
    }
}
