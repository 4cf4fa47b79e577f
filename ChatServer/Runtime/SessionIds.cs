namespace ChatServer.Runtime;

/// <summary>Numbers of sessions, unique while the process lives. Any thread.</summary>
internal sealed class SessionIds
{
    private ulong _last;

    public ulong Next() => Interlocked.Increment(ref _last);
}
