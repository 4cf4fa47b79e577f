using ChatServer.Protocol.Wire;
using ChatServer.Sessions;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>A session with what stands for its connection: frames that were not taken yet, and who looks at what is said.</summary>
internal sealed class SessionLine(Session session, SessionView view)
{
    public Session Session { get; } = session;

    public SessionView View { get; } = view;

    public Queue<(FrameHeader Header, byte[] Body)> Waiting { get; } = [];

    /// <summary>The password that is being hashed, which stands for its hash.</summary>
    public string? Hashing { get; set; }

    /// <summary>What it is compared with; null when a user is registered.</summary>
    public string? Comparing { get; set; }
}
