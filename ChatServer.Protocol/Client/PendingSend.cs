using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>A message that the application gave to a client and that has no final answer yet. Guarded by the client's lock.</summary>
internal sealed class PendingSend(WireConversation conversation, ReadOnlyMemory<byte> payload)
{
    private readonly TaskCompletionSource<SentMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WireConversation Conversation { get; } = conversation;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>0 while it waits for room.</summary>
    public ulong Number { get; set; }

    /// <summary>Of the request that is under way in this session; 0: none is.</summary>
    public uint Correlation { get; set; }

    public bool Answered { get; set; }

    /// <summary>The application gave it up before it had a number.</summary>
    public bool Withdrawn { get; set; }

    public Task<SentMessage> Answer => _answer.Task;

    public void Complete(SentMessage sent) => _answer.TrySetResult(sent);

    public void Fail(Exception reason)
    {
        // Nobody may be waiting for it: the application may have dropped the task, or an earlier run made the send.
        _answer.TrySetException(reason);
        _ = _answer.Task.Exception;
    }
}
