using ChatServer.Core;
using ChatServer.Protocol.Wire;

namespace ChatServer.Runtime;

/// <summary>
/// An act of the operator on one partition. Its outcome is known to the caller only once it is durable, as everything else.
/// </summary>
internal sealed class AdministrativeAct(int partition, Func<Partition, ErrorCode> act)
{
    private readonly TaskCompletionSource<ErrorCode> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Partition { get; } = partition;

    public Task<ErrorCode> Done => _done.Task;

    public ErrorCode Execute(Partition partition) => act(partition);

    public void Complete(ErrorCode code) => _done.TrySetResult(code);

    public void Fail(Exception reason) => _done.TrySetException(reason);
}
