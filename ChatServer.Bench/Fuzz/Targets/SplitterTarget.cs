using System.Buffers;
using ChatServer.Network;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>
/// The frame splitter over a stream in one piece, and over the same stream in other pieces that arrive bit by bit: the same frames, the
/// same error, at the same places. The first byte says from where on the login is through, the next four how the stream is cut.
/// </summary>
internal sealed class SplitterTarget : FuzzTarget
{
    private const int HeadBytes = 5;

    private readonly List<Found> _contiguous = [];
    private readonly List<Found> _inPieces = [];

    public override string Name => "splitter";

    public override string About => "streams of preamble and frames, in pieces";

    public override int MaxBytes => 9_000;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Stream(0, [1, 20]),
        Stream(1, [300, 1, 5_000, 7]),
        Stream(0xFF, [4_096]),
        Stream(0xFF, [4_097]),
        [0, 1, 2, 3, 4, .. "GET / HTTP/1.1\r\n"u8],
        [0, 1, 2, 3, 4, .. Preamble.Magic, 2, 3],
    ];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
        [[.. Preamble.Magic], [.. Preamble.Magic, 1, 1], .. new[] { 0, 1, 4_096, 4_097, 65_536, 65_537, FrameHeader.MaxLength }.Select(Header)];

    public override void Run(byte[] input, FuzzMeter meter)
    {
        if (input.Length < HeadBytes) return;
        var stream = input.AsMemory(HeadBytes);
        meter.Start();
        Split(new ReadOnlySequence<byte>(stream), input[0], _contiguous);
        meter.Stop();
        foreach (var found in _contiguous) found.Check(stream.Span);

        var random = new FuzzRandom(BitConverter.ToUInt32(input, 1));
        // Byte by byte only for short streams: what has arrived is cut anew each time.
        var longest = Math.Max(1 << random.Below(12), stream.Length / 64);
        _inPieces.Clear();
        var splitter = new FrameSplitter();
        var position = 0;
        for (var arrived = 0; !HasEnded(_inPieces);)
        {
            var before = arrived;
            arrived = Math.Min(stream.Length, arrived + 1 + random.Below(longest));
            while (Step(ref splitter, StreamPiece.Cut(stream[position..arrived], random, longest), ref position, input[0], _inPieces))
            {
            }

            if (before == arrived) break;
        }

        Oracle.Holds(_inPieces.SequenceEqual(_contiguous), "a stream in pieces is split as the whole stream is");
    }

    private static void Split(ReadOnlySequence<byte> stream, byte login, List<Found> found)
    {
        found.Clear();
        var splitter = new FrameSplitter();
        var position = 0;
        while (Step(ref splitter, stream.Slice(position), ref position, login, found))
        {
        }
    }

    /// <summary>As a connection does it: false when more is needed or the stream has ended.</summary>
    private static bool Step(ref FrameSplitter splitter, ReadOnlySequence<byte> received, ref int position, byte login, List<Found> found)
    {
        if (received.IsEmpty) return false;
        var result = splitter.Next(received, out var header, out var consumed, out var error, out var argument);
        if (result == SplitResult.NeedsMore) return false;
        found.Add(new Found(result, header, result == SplitResult.Error ? 0 : position + consumed, error, argument, splitter.MaxBodyBytes));
        if (result == SplitResult.Error) return false;
        Oracle.Holds(consumed > 0 && consumed <= received.Length, "what was found lies within what was received");
        position += (int)consumed;
        if (found.Count == login) splitter.MaxBodyBytes = ProtocolLimits.BodyBytes;
        return true;
    }

    private static bool HasEnded(List<Found> found) => found.Count > 0 && found[^1].Result == SplitResult.Error;

    private static byte[] Header(int length)
    {
        var bytes = new byte[ProtocolLimits.HeaderBytes];
        new FrameHeader(length, FrameKind.Ping, 7).Write(bytes);
        return bytes;
    }

    private static byte[] Stream(byte login, int[] lengths)
    {
        var stream = new List<byte> { login, 1, 2, 3, 4 };
        var preamble = new byte[ProtocolLimits.PreambleBytes];
        Preamble.Write(preamble);
        stream.AddRange(preamble);
        foreach (var length in lengths) stream.AddRange([.. Header(length), .. new byte[length]]);
        return [.. stream];
    }

    private readonly record struct Found(SplitResult Result, FrameHeader Header, long End, ErrorCode Error, ulong Argument, int MaxBodyBytes)
    {
        public void Check(ReadOnlySpan<byte> stream)
        {
            if (Result != SplitResult.Frame)
            {
                Oracle.Holds(Result != SplitResult.Error || Error is ErrorCode.BadLength or ErrorCode.BadPreamble or ErrorCode.UnsupportedVersion, "the splitter gives a documented code");
                return;
            }

            Oracle.Holds(Header.Length > 0 && Header.Length <= MaxBodyBytes, "a frame that was found is as long as frames may be");
            var start = stream[(int)(End - Header.Length - ProtocolLimits.HeaderBytes)..];
            var length = (start[0] << 16) | (start[1] << 8) | start[2];
            Oracle.Holds(length == Header.Length && start[3] == (byte)Header.Kind, "a frame begins where the one before it ends");
        }
    }
}
