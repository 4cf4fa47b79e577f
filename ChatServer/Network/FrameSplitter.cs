using System.Buffers;
using ChatServer.Protocol.Wire;

namespace ChatServer.Network;

/// <summary>
/// Cuts a stream of bytes into the preamble and frames. Knows lengths only; a length that is not allowed ends the stream before its
/// body is waited for.
/// </summary>
internal struct FrameSplitter()
{
    private bool _preambleIsRead;

    /// <summary>Most bytes of a body that are accepted now.</summary>
    public int MaxBodyBytes { get; set; } = ProtocolLimits.BodyBytesBeforeLogin;

    /// <summary>The next thing in what was received.</summary>
    /// <param name="received">What is not consumed yet.</param>
    /// <param name="header">The header, for <see cref="SplitResult.Frame"/>.</param>
    /// <param name="consumed">Bytes up to the end of what was found.</param>
    /// <param name="error">What is wrong, for <see cref="SplitResult.Error"/>.</param>
    /// <param name="argument">The argument of the error.</param>
    public SplitResult Next(in ReadOnlySequence<byte> received, out FrameHeader header, out long consumed, out ErrorCode error, out ulong argument)
    {
        header = default;
        consumed = 0;
        error = ErrorCode.None;
        argument = 0;
        if (!_preambleIsRead) return Preamble(received, out consumed, out error, out argument);
        if (received.Length < ProtocolLimits.HeaderBytes) return SplitResult.NeedsMore;
        Span<byte> bytes = stackalloc byte[ProtocolLimits.HeaderBytes];
        received.Slice(0, ProtocolLimits.HeaderBytes).CopyTo(bytes);
        header = FrameHeader.Read(bytes);
        if (header.Length == 0 || header.Length > MaxBodyBytes)
        {
            error = ErrorCode.BadLength;
            argument = (ulong)MaxBodyBytes;
            return SplitResult.Error;
        }

        consumed = ProtocolLimits.HeaderBytes + header.Length;
        return received.Length >= consumed ? SplitResult.Frame : SplitResult.NeedsMore;
    }

    private SplitResult Preamble(in ReadOnlySequence<byte> received, out long consumed, out ErrorCode error, out ulong argument)
    {
        error = ErrorCode.None;
        argument = 0;
        consumed = Math.Min(received.Length, ProtocolLimits.PreambleBytes);
        Span<byte> bytes = stackalloc byte[ProtocolLimits.PreambleBytes];
        received.Slice(0, consumed).CopyTo(bytes);
        if (!Protocol.Wire.Preamble.MayBegin(bytes[..(int)consumed]))
        {
            error = ErrorCode.BadPreamble;
            return SplitResult.Error;
        }

        if (consumed < ProtocolLimits.PreambleBytes) return SplitResult.NeedsMore;
        _preambleIsRead = true;
        if (!Protocol.Wire.Preamble.TryRead(bytes, out var lowest, out var highest)) error = ErrorCode.BadPreamble;
        else if (lowest > ProtocolLimits.Version || highest < ProtocolLimits.Version)
        {
            error = ErrorCode.UnsupportedVersion;
            argument = (ProtocolLimits.Version * 256UL) + ProtocolLimits.Version;
        }

        return error == ErrorCode.None ? SplitResult.Preamble : SplitResult.Error;
    }
}
