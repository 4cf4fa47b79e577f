namespace ChatServer.Protocol.Wire;

/// <summary>
/// A frame: how its body is written and read. Implemented by one readonly record struct a kind, so that reading and writing
/// compile to direct calls. Memory in a frame that was read (payload, secret, echo, lists) is a slice of the body it was read from.
/// </summary>
/// <typeparam name="TSelf">The frame itself.</typeparam>
public interface IFrame<TSelf>
    where TSelf : struct, IFrame<TSelf>
{
    /// <summary>The number of the kind in the header.</summary>
    static abstract FrameKind Kind { get; }

    /// <summary>At least as many bytes as <see cref="Write"/> writes: one span of this size is asked for.</summary>
    int MaxBodyBytes { get; }

    /// <summary>Writes the body: one array.</summary>
    void Write(ref FrameWriter writer);

    /// <summary>
    /// Reads the body. <see cref="ErrorCode.None"/>, or <see cref="ErrorCode.BadFrame"/>, <see cref="ErrorCode.Limit"/>,
    /// <see cref="ErrorCode.BadName"/>; then the frame holds only what came before the fault.
    /// </summary>
    static abstract ErrorCode Read(ref FrameReader reader, out TSelf frame);
}
