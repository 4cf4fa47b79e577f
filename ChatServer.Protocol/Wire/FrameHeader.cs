using System.Buffers.Binary;

namespace ChatServer.Protocol.Wire;

/// <summary>
/// The eight bytes before each body: <c>length u24 | kind u8 | correlation u32</c>, big-endian.
/// </summary>
/// <param name="Length">Bytes of the body that follows, the header not counted.</param>
/// <param name="Kind">What the frame is; may be a number without a name.</param>
/// <param name="Correlation">Chosen by who asks, repeated in the answer; 0 when nobody asked.</param>
public readonly record struct FrameHeader(int Length, FrameKind Kind, uint Correlation)
{
    /// <summary>The largest length that has a place in the header; what is allowed is less.</summary>
    public const int MaxLength = 0xFF_FFFF;

    /// <summary>Reads a header; <paramref name="eightBytes"/> holds at least <see cref="ProtocolLimits.HeaderBytes"/>.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> eightBytes)
    {
        var bits = BinaryPrimitives.ReadUInt64BigEndian(eightBytes);
        return new FrameHeader((int)(bits >> 40), (FrameKind)(byte)(bits >> 32), (uint)bits);
    }

    /// <summary>Writes the header into the first <see cref="ProtocolLimits.HeaderBytes"/> of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)Length, (uint)MaxLength, nameof(Length));
        BinaryPrimitives.WriteUInt64BigEndian(destination, ((ulong)Length << 40) | ((ulong)Kind << 32) | Correlation);
    }
}
