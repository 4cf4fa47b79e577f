using ChatServer.Core;
using ChatServer.Network;
using ChatServer.Sessions;

namespace ChatServer.Runtime;

/// <summary>What other threads hand to a loop. Each kind is bounded where it comes from, as its constructor says.</summary>
internal abstract record Mail
{
    private Mail()
    {
    }

    /// <summary>A record from a partition of another loop; bounded by lane credit.</summary>
    internal sealed record Lane(LaneRecord Record, byte[] Payload) : Mail;

    /// <summary>A partition of another loop has applied a lane up to a number; bounded by lane credit.</summary>
    internal sealed record Heard(int From, int To, ulong UpTo) : Mail;

    /// <summary>A connection whose user lives here; bounded by the number of connections.</summary>
    internal sealed record Adopt(Connection Connection, Session Session) : Mail;

    /// <summary>A password was hashed or compared; bounded by the queue of passwords.</summary>
    internal sealed record Password(ulong Session, PasswordResult Result) : Mail;

    /// <summary>Something an administrator wants; bounded by the admin socket.</summary>
    internal sealed record Administer(AdministrativeAct Act) : Mail;

    /// <summary>Something to be done between two drains (<see cref="BetweenDrains"/>); one at a time.</summary>
    internal sealed record Between(Action<LoopPartitions> Act) : Mail;
}
