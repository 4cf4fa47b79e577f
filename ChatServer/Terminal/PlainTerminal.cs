using System.Globalization;
using System.Text;
using ChatServer.Host;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Wire;

namespace ChatServer.Terminal;

/// <summary>
/// The terminal for scripts and pipes: a line an event, commands as lines. What was received is acknowledged once its line is written;
/// the end of the commands ends the program when every message has its answer.
/// </summary>
internal sealed class PlainTerminal(ChatClient client, ConversationBook book, TextReader input, TextWriter output)
{
    private bool _isEnding;

    /// <summary>Runs until told to stop or refused; the result is the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        await using var feed = new TerminalFeed(client, stop);
        feed.Start();
        feed.Recover(book);
        feed.StartInput(input.ReadLine, static line => new TerminalEvent.Line(line));
        await foreach (var happened in feed.EventsAsync())
        {
            if (await TakeAsync(feed, happened) is { } exitCode) return exitCode;
            if (_isEnding && feed.Unanswered == 0) return ExitCode.Done;
        }

        return ExitCode.Done;
    }

    private static bool TrySplit(string line, out string command, out string name, out string rest)
    {
        var words = line.Split(' ', 3);
        (command, name, rest) = (words[0], words.Length > 1 ? words[1] : "", words.Length > 2 ? words[2] : "");
        return command.Length > 0;
    }

    private async Task<int?> TakeAsync(TerminalFeed feed, TerminalEvent happened)
    {
        switch (happened)
        {
            case TerminalEvent.Received received:
                book.Received(received.Message);
                await WriteReceivedAsync(received.Message);
                client.Acknowledge(received.Message);
                return null;
            case TerminalEvent.Marked marked: return await WriteMarkAsync(marked.Mark);
            case TerminalEvent.Changed changed: return await WriteChangeAsync(changed.Change);
            case TerminalEvent.Sent sent:
                feed.Answered();
                sent.Entry.Sequence = sent.Promise.Sequence;
                return await WriteAsync($"sent {sent.Promise.Conversation.User} {Number(sent.Promise.Sequence)}");
            case TerminalEvent.Refused refused:
                feed.Answered();
                return await WriteAsync($"refused {PrintableText.Escape(refused.Problem)}");
            case TerminalEvent.Line line: return await DoAsync(feed, line.Text);
            case TerminalEvent.InputEnded:
                _isEnding = true;
                return null;
            default: return null;
        }
    }

    private async Task<int?> DoAsync(TerminalFeed feed, string line)
    {
        if (!TrySplit(line, out var command, out var name, out var rest)) return null;
        if (command == "quit") return ExitCode.Done;
        if (!UserId.TryParse(name, out var user)) return await WriteAsync($"error {PrintableText.Escape(line)}: send NAME TEXT, read NAME or quit");
        switch (command)
        {
            case "send" when rest.Length > 0:
                var text = PrintableText.Unescape(rest);
                if (Encoding.UTF8.GetByteCount(text) > ProtocolLimits.PayloadBytes)
                    return await WriteAsync($"error a message has at most {Number(ProtocolLimits.PayloadBytes)} bytes");
                feed.Send(user, book.Sending(user, text, DateTimeOffset.UtcNow));
                return null;
            case "read" when book.With(user).LastReceived is var sequence and > 0:
                client.MarkRead(user, sequence);
                return null;
            case "read": return await WriteAsync($"error nothing was received from {user} in this run");
            default: return await WriteAsync($"error {PrintableText.Escape(line)}: send NAME TEXT, read NAME or quit");
        }
    }

    private Task<int?> WriteReceivedAsync(ReceivedMessage message)
    {
        var kind = message.Sender == book.Self ? "own" : "message";
        var text = PrintableText.Escape(Encoding.UTF8.GetString(message.Payload.Span));
        return WriteAsync($"{kind} {message.Conversation.User} {Number(message.Sequence)} {text}");
    }

    private async Task<int?> WriteMarkAsync(Mark mark)
    {
        if (mark.Conversation.IsGroup) return null;
        var conversation = book.With(mark.Conversation.User);
        var (delivered, read) = (conversation.DeliveredUpTo, conversation.ReadUpTo);
        book.Marked(mark);
        if (conversation.DeliveredUpTo > delivered) await WriteAsync($"delivered {conversation.With} {Number(conversation.DeliveredUpTo)}");
        if (conversation.ReadUpTo > read) await WriteAsync($"read {conversation.With} {Number(conversation.ReadUpTo)}");
        return null;
    }

    private async Task<int?> WriteChangeAsync(ConnectionChange change)
    {
        switch (change.State)
        {
            case ConnectionState.Online: return await WriteAsync(change.Detached ? "connected detached" : "connected");
            case ConnectionState.CaughtUp: return await WriteAsync("caught-up");
            case ConnectionState.Offline: return await WriteAsync($"offline {ConnectionWords.Why(change)}");
            case ConnectionState.Stopped:
                await WriteAsync($"stopped {ConnectionWords.Why(change)}");
                return ExitCode.Refused;
            default: return null;
        }
    }

    private async Task<int?> WriteAsync(string line)
    {
        await output.WriteLineAsync(line);
        await output.FlushAsync();
        return null;
    }

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
