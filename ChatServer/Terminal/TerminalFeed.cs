using System.Text;
using System.Threading.Channels;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Wire;

namespace ChatServer.Terminal;

/// <summary>
/// Brings what the client says and what the user types into one order. A terminal that is slow to show holds the client back, and
/// that the server: nothing piles up.
/// </summary>
internal sealed class TerminalFeed(ChatClient client, CancellationToken stop) : IAsyncDisposable
{
    private const int WaitingEvents = 256;

    private readonly Channel<TerminalEvent> _events = Channel.CreateBounded<TerminalEvent>(WaitingEvents);

    // Bounded by what the client takes: it refuses a send when too many wait.
    private readonly Channel<(Entry Entry, Task<SentMessage> Answer)> _sends = Channel.CreateUnbounded<(Entry, Task<SentMessage>)>();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private readonly List<Task> _pumps = [];

    /// <summary>Sends without an answer.</summary>
    public int Unanswered { get; private set; }

    /// <summary>What happens, until told to stop.</summary>
    public async IAsyncEnumerable<TerminalEvent> EventsAsync()
    {
        while (await WaitAsync())
        {
            while (_events.Reader.TryRead(out var happened)) yield return happened;
        }
    }

    /// <summary>Begins to bring what the client says.</summary>
    public void Start()
    {
        _pumps.Add(PumpAsync(client.ReceiveAsync(_stop.Token), static message => new TerminalEvent.Received(message)));
        _pumps.Add(PumpAsync(client.MarksAsync(_stop.Token), static mark => new TerminalEvent.Marked(mark)));
        _pumps.Add(PumpAsync(client.ConnectionChangesAsync(_stop.Token), static change => new TerminalEvent.Changed(change)));
        _pumps.Add(PumpAnswersAsync());
    }

    /// <summary>For what matters only now: dropped when the terminal is behind.</summary>
    public void TryPut(TerminalEvent happened) => _events.Writer.TryWrite(happened);

    private ValueTask PutAsync(TerminalEvent happened) => _events.Writer.WriteAsync(happened, _stop.Token);

    /// <summary>Sends; the answers come as events, in the order of the sends.</summary>
    public void Send(UserId to, Entry entry)
    {
        Unanswered++;
        _sends.Writer.TryWrite((entry, client.SendAsync(to, Encoding.UTF8.GetBytes(entry.Text))));
    }

    /// <summary>Shows what an earlier run sent without seeing the answer; the client goes on sending it.</summary>
    public void Recover(ConversationBook book)
    {
        foreach (var send in client.RecoveredSends)
        {
            Unanswered++;
            var entry = book.Sending(send.Conversation.User, Encoding.UTF8.GetString(send.Payload.Span), DateTimeOffset.UtcNow);
            _sends.Writer.TryWrite((entry, send.Answer));
        }
    }

    /// <summary>
    /// Brings what is typed, until <paramref name="read"/> has nothing more. On a thread of its own, which cannot be told to stop
    /// and ends with the process: neither a pipe nor a console is read with cancellation.
    /// </summary>
    public void StartInput<T>(Func<T?> read, Func<T, TerminalEvent> wrap)
    {
        var thread = new Thread(() =>
        {
            try
            {
                while (read() is { } typed) PutAsync(wrap(typed)).AsTask().GetAwaiter().GetResult();
                PutAsync(new TerminalEvent.InputEnded()).AsTask().GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // The terminal has ended.
            }
        });
        (thread.IsBackground, thread.Name) = (true, "input");
        thread.Start();
    }

    /// <summary>An answer was shown.</summary>
    public void Answered() => Unanswered--;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_pumps);
        _stop.Dispose();
    }

    private async Task<bool> WaitAsync()
    {
        try
        {
            return await _events.Reader.WaitToReadAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task PumpAsync<T>(IAsyncEnumerable<T> source, Func<T, TerminalEvent> wrap)
    {
        try
        {
            await foreach (var item in source) await PutAsync(wrap(item));
        }
        catch (Exception e) when (e is OperationCanceledException or ChatStoppedException)
        {
            // The change of state says why.
        }
    }

    private async Task PumpAnswersAsync()
    {
        try
        {
            await foreach (var (entry, answer) in _sends.Reader.ReadAllAsync(_stop.Token)) await PutAsync(await EventOfAsync(entry, answer));
        }
        catch (Exception e) when (e is OperationCanceledException or ChatStoppedException)
        {
            // The next run with the same store learns what became of the rest.
        }
    }

    private async Task<TerminalEvent> EventOfAsync(Entry entry, Task<SentMessage> answer)
    {
        try
        {
            return new TerminalEvent.Sent(entry, await answer.WaitAsync(_stop.Token));
        }
        catch (Exception e) when (e is ChatRefusedException or IOException)
        {
            return new TerminalEvent.Refused(entry, e.Message);
        }
    }
}
