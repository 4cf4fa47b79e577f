using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>What the range of a code tells a client to do, also for codes that it does not know.</summary>
internal static class ErrorRanges
{
    /// <summary>
    /// 1xxx, 2xxx: a request with this answer is over. AlreadySettled is, too: its number had a final answer before.
    /// </summary>
    public static bool IsFinal(this ErrorCode code) => (int)code < 3000 || code == ErrorCode.AlreadySettled;

    /// <summary>1xxx, 3xxx and 4xxx leave the server's mark where it was, so that number is not used up.</summary>
    public static bool LeavesMark(this ErrorCode code) => (int)code / 1000 == 1;

    /// <summary>5xxx, 6xxx: it is about the connection, whatever request it answers.</summary>
    public static bool EndsConnection(this ErrorCode code) => (int)code >= 5000;

    /// <summary>6xxx: do not come back.</summary>
    public static bool EndsForGood(this ErrorCode code) => (int)code / 1000 == 6;

    /// <summary>20x1: the credentials no longer hold.</summary>
    public static bool AsksForCredentials(this ErrorCode code) => (int)code is >= 2000 and < 2100 && (int)code % 10 == 1;

    /// <summary>Of a refused login or an ended connection: whether another attempt may end otherwise.</summary>
    public static bool MayReconnect(this ErrorCode code) => code == ErrorCode.None || (int)code / 1000 is 3 or 4 or 5;
}
