using System.Buffers.Binary;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>
/// One step: what and with what end u8 | line u8 | length u16, little-endian | for a frame kind u8, correlation u8 and body, for
/// a wait milliseconds u16. Whatever the bytes are, they are a step.
/// </summary>
internal readonly ref struct CourseStep(ReadOnlySpan<byte> head, ReadOnlySpan<byte> content)
{
    public const int HeadBytes = 4;

    private const int Kinds = 5;
    private const int HoldFlag = 0x80;
    private const int CommitFlag = 0x40;
    private const int DrainFlag = 0x20;
    private const int KindMask = 0x1F;

    private readonly byte _what = head[0];
    private readonly byte _line = head[1];
    private readonly ReadOnlySpan<byte> _content = content;

    public CourseStepKind Kind => (CourseStepKind)((_what & KindMask) % Kinds);

    /// <summary>Passwords are still being hashed when the next step comes.</summary>
    public bool HoldsPasswords => (_what & HoldFlag) != 0;

    /// <summary>The log is on disk and everything that waited for it is said.</summary>
    public bool Commits => (_what & CommitFlag) != 0;

    public bool EndsDrain => (_what & DrainFlag) != 0 || Commits;

    public int Line => _line % SessionWorld.Lines;

    public FrameKind FrameKind => _content.Length > 0 ? (FrameKind)_content[0] : default;

    public uint Correlation => _content.Length > 1 ? _content[1] : 0u;

    public ReadOnlySpan<byte> Body => _content.Length > 2 ? _content[2..] : [];

    public ulong Milliseconds => _content.Length > 1 ? BinaryPrimitives.ReadUInt16LittleEndian(_content) : 1_000u;

    public static byte[] Of(CourseStepKind kind, int line, bool commits, params ReadOnlySpan<byte> content)
    {
        var step = new byte[HeadBytes + content.Length];
        step[0] = (byte)((byte)kind | (commits ? CommitFlag : 0));
        step[1] = (byte)line;
        BinaryPrimitives.WriteUInt16LittleEndian(step.AsSpan(2), (ushort)content.Length);
        content.CopyTo(step.AsSpan(HeadBytes));
        return step;
    }
}
