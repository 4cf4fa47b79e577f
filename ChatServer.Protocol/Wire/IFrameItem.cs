namespace ChatServer.Protocol.Wire;

/// <summary>An element of a list in a frame; itself an array on the wire.</summary>
/// <typeparam name="TSelf">The element itself.</typeparam>
public interface IFrameItem<TSelf> : IEquatable<TSelf>
    where TSelf : struct, IFrameItem<TSelf>
{
    /// <summary>At least as many bytes as <see cref="Write"/> writes.</summary>
    int MaxBytes { get; }

    /// <summary>Writes the element.</summary>
    void Write(ref FrameWriter writer);

    /// <summary>Reads the element; a fault stays in the reader.</summary>
    static abstract TSelf Read(ref FrameReader reader);
}
