using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// A store that lives as long as its object. Safe: a client that starts without a store takes its next send number from the server.
/// Also the shape in which <see cref="FileClientStore"/> holds what its file says.
/// </summary>
public sealed class MemoryClientStore : IClientStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<ulong, StoredSend> _sends = [];
    private readonly Dictionary<WireConversation, StoredCursors> _cursors = [];
    private byte[] _token = [];
    private byte[] _history = [];
    private ulong _instance;
    private uint _attempt;
    private ulong _last;
    private ulong _marksVersion;

    /// <inheritdoc/>
    public StoredState Load()
    {
        lock (_lock)
        {
            return new StoredState
            {
                Token = _token,
                History = _history,
                Instance = _instance,
                Attempt = _attempt,
                LastSendNumber = _last,
                UnansweredSends = [.. _sends.Values],
                Cursors = [.. _cursors.Values],
                MarksVersion = _marksVersion,
            };
        }
    }

    /// <inheritdoc/>
    public void KeepToken(ReadOnlySpan<byte> token)
    {
        lock (_lock) _token = token.ToArray();
    }

    /// <inheritdoc/>
    public void KeepHistory(ReadOnlySpan<byte> history)
    {
        lock (_lock)
        {
            _history = history.ToArray();
            _cursors.Clear();
            _marksVersion = 0;
        }
    }

    /// <inheritdoc/>
    public void KeepAttempt(ulong instance, uint attempt)
    {
        lock (_lock) (_instance, _attempt) = (instance, attempt);
    }

    /// <inheritdoc/>
    public void KeepSend(StoredSend send)
    {
        ArgumentNullException.ThrowIfNull(send);
        lock (_lock)
        {
            _sends[send.SendNumber] = send;
            _last = Math.Max(_last, send.SendNumber);
        }
    }

    /// <inheritdoc/>
    public void KeepAnswer(ulong sendNumber)
    {
        lock (_lock) _sends.Remove(sendNumber);
    }

    /// <inheritdoc/>
    public void KeepCursors(StoredCursors cursors)
    {
        ArgumentNullException.ThrowIfNull(cursors);
        lock (_lock) _cursors[cursors.Conversation] = cursors;
    }

    /// <inheritdoc/>
    public void KeepMarksVersion(ulong version)
    {
        lock (_lock) _marksVersion = version;
    }

    /// <inheritdoc/>
    public void Flush()
    {
        // Nothing outlives this object.
    }

    /// <summary>Does nothing: the next client may go on with the same object, as after a restart.</summary>
    public void Dispose()
    {
    }

    /// <summary>Numbers up to here are used, whether a send of them is still here or not.</summary>
    internal void KeepLastSendNumber(ulong number)
    {
        lock (_lock) _last = Math.Max(_last, number);
    }
}
