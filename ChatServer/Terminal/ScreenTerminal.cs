using System.Text;
using ChatServer.Host;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Wire;
using Spectre.Console;

namespace ChatServer.Terminal;

/// <summary>The terminal for people: takes the whole window, and gives it back as it was.</summary>
internal sealed class ScreenTerminal(ChatClient client, ConversationBook book, IAnsiConsole console, Func<ConsoleKeyInfo> readKey)
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly LineEditor _editor = new();
    private string? _stopped;

    /// <summary>Runs until told to stop or refused; the result is the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var screen = new ChatScreen(book, _editor);
        await using var feed = new TerminalFeed(client, stop);
        await using var clock = new Timer(_ => feed.TryPut(new TerminalEvent.Tick()), null, TickInterval, TickInterval);
        feed.Start();
        feed.Recover(book);
        feed.StartInput<ConsoleKeyInfo?>(() => readKey(), static key => new TerminalEvent.Key(key.GetValueOrDefault()));
        var exitCode = ExitCode.Done;
        console.AlternateScreen(() => exitCode = ShowAsync(feed, screen).GetAwaiter().GetResult());
        if (_stopped is not null) console.MarkupLine($"[red]{Markup.Escape(_stopped)}[/]");
        return exitCode;
    }

    private async Task<int> ShowAsync(TerminalFeed feed, ChatScreen screen)
    {
        var live = console.Live(Draw(screen)).Overflow(VerticalOverflow.Crop);
        return await live.StartAsync(async context =>
        {
            await foreach (var happened in feed.EventsAsync())
            {
                if (Take(feed, screen, happened) is { } exitCode) return exitCode;
                LookAtOpen();
                context.UpdateTarget(Draw(screen));
            }

            return ExitCode.Done;
        });
    }

    private Spectre.Console.Rendering.IRenderable Draw(ChatScreen screen) => screen.Draw(console.Profile.Width, console.Profile.Height);

    // What is on the screen is read; the other side sees it by the colour of the ticks.
    private void LookAtOpen()
    {
        if (book.Open is { } open && open.Look() is var sequence and > 0) client.MarkRead(open.With, sequence);
    }

    private int? Take(TerminalFeed feed, ChatScreen screen, TerminalEvent happened)
    {
        switch (happened)
        {
            case TerminalEvent.Received received:
                book.Received(received.Message);
                client.Acknowledge(received.Message);
                return null;
            case TerminalEvent.Marked marked:
                book.Marked(marked.Mark);
                return null;
            case TerminalEvent.Sent sent:
                feed.Answered();
                sent.Entry.Sequence = sent.Promise.Sequence;
                return null;
            case TerminalEvent.Refused refused:
                feed.Answered();
                refused.Entry.Problem = refused.Problem;
                return null;
            case TerminalEvent.Changed changed: return Change(screen, changed.Change);
            case TerminalEvent.Key key: return Type(feed, screen, key.Pressed);
            case TerminalEvent.InputEnded: return ExitCode.Done;
            default: return null;
        }
    }

    private int? Change(ChatScreen screen, ConnectionChange change)
    {
        screen.IsOnline = change.State is ConnectionState.Online or ConnectionState.CaughtUp;
        screen.Status = change.State switch
        {
            ConnectionState.Online or ConnectionState.CaughtUp => "online",
            ConnectionState.Offline => $"offline: {ConnectionWords.Why(change)}; trying again",
            ConnectionState.Stopped => ConnectionWords.Why(change),
            _ => screen.Status == "connecting" ? "connecting" : screen.Status,
        };
        if (change.Detached) screen.Notice = "away too long: messages of that time are missing here";
        if (change.State != ConnectionState.Stopped) return null;
        _stopped = screen.Status;
        return ExitCode.Refused;
    }

    private int? Type(TerminalFeed feed, ChatScreen screen, ConsoleKeyInfo key)
    {
        screen.Notice = "";
        switch (key.Key)
        {
            case ConsoleKey.UpArrow:
                book.Move(-1);
                return null;
            case ConsoleKey.DownArrow or ConsoleKey.Tab:
                book.Move(1);
                return null;
            default:
                return _editor.Take(key) is { Length: > 0 } line ? Do(feed, screen, line) : null;
        }
    }

    private int? Do(TerminalFeed feed, ChatScreen screen, string line)
    {
        if (line == "/quit") return ExitCode.Done;
        if (line.StartsWith("/to ", StringComparison.Ordinal))
        {
            if (UserId.TryParse(line[4..].Trim(), out var user)) book.OpenWith(user);
            else screen.Notice = "a name has 1 to 64 of a-z 0-9 . _ - @ +";
        }
        else if (line[0] == '/') screen.Notice = "there are /to NAME and /quit";
        else if (book.Open is not { } open) screen.Notice = "to whom? /to NAME";
        else if (Encoding.UTF8.GetByteCount(line) > ProtocolLimits.PayloadBytes) screen.Notice = "that is too long for one message";
        else feed.Send(open.With, book.Sending(open.With, line, DateTimeOffset.UtcNow));
        return null;
    }
}
