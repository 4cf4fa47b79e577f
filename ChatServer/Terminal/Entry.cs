namespace ChatServer.Terminal;

/// <summary>One message as the terminal shows it.</summary>
internal sealed class Entry(bool isMine, string text, DateTimeOffset time)
{
    public bool IsMine { get; } = isMine;

    public string Text { get; } = text;

    public DateTimeOffset Time { get; } = time;

    /// <summary>Its place in the conversation; 0 until the server gave it one.</summary>
    public ulong Sequence { get; set; }

    /// <summary>Why it was refused.</summary>
    public string? Problem { get; set; }
}
