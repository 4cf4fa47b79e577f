namespace ChatServer.Protocol.Wire;

/// <summary>Makes lists to be written.</summary>
public static class FrameLists
{
    /// <summary>A list of these elements, copied.</summary>
    public static FrameList<T> Create<T>(ReadOnlySpan<T> items)
        where T : struct, IFrameItem<T> => new(items.ToArray());

    /// <summary>The caller's memory as a list, without a copy; it stays unchanged until the frame is written.</summary>
    public static FrameList<T> Over<T>(ReadOnlyMemory<T> items)
        where T : struct, IFrameItem<T> => new(items);
}
