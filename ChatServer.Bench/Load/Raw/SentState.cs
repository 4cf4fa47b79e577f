namespace ChatServer.Bench.Load.Raw;

/// <summary>What is known of a message that was sent.</summary>
[Flags]
internal enum SentState : byte
{
    None = 0,

    /// <summary>The server promised it.</summary>
    Answered = 1,

    /// <summary>Its recipient has it.</summary>
    Delivered = 2,

    /// <summary>The server refused it for good.</summary>
    Refused = 4,
}
