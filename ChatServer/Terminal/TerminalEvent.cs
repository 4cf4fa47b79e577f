using ChatServer.Protocol.Client;

namespace ChatServer.Terminal;

/// <summary>Something that a terminal has to react to; taken one after the other.</summary>
internal abstract record TerminalEvent
{
    internal sealed record Received(ReceivedMessage Message) : TerminalEvent;

    internal sealed record Marked(Mark Mark) : TerminalEvent;

    internal sealed record Changed(ConnectionChange Change) : TerminalEvent;

    /// <summary>The server promised a message.</summary>
    internal sealed record Sent(Entry Entry, SentMessage Promise) : TerminalEvent;

    /// <summary>The server refused a message.</summary>
    internal sealed record Refused(Entry Entry, string Problem) : TerminalEvent;

    internal sealed record Line(string Text) : TerminalEvent;

    internal sealed record Key(ConsoleKeyInfo Pressed) : TerminalEvent;

    /// <summary>Standard input ended, or somebody asked to stop.</summary>
    internal sealed record InputEnded : TerminalEvent;

    /// <summary>Time to look whether the window has another size.</summary>
    internal sealed record Tick : TerminalEvent;
}
