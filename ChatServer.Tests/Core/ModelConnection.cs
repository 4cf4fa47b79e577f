using ChatServer.Core;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Core;

/// <summary>A connection: two ordered streams that may be cut at any place. Its number is the session's id.</summary>
internal sealed class ModelConnection(ulong session, int home, ModelClient client) : ModelRequests
{
    public override ulong Session { get; } = session;

    /// <summary>The partition of the user.</summary>
    public int Home { get; } = home;

    public ModelClient Client { get; } = client;

    /// <summary>What the client has said and the server has not looked at.</summary>
    public Queue<Action<Partition>> ToServer { get; } = [];

    /// <summary>What the server has said and the client has not read.</summary>
    public Queue<Spoken> ToClient { get; } = [];

    /// <summary>The client does not listen any more; the server may still find what was on its way.</summary>
    public bool IsCut { get; set; }

    /// <summary>The server said the last it has to say.</summary>
    public bool IsEnded { get; set; }

    public override void Send(ulong number, ulong settled, UserId to, byte[] payload) => ToServer.Enqueue(partition => partition.Send(Session, (uint)number, new SendRequest
    {
        To = to, SendNumber = number, Settled = settled, ContentKind = 1, Payload = payload,
    }));

    public override void Receive(UserId other, ulong delivered, ulong read) => ToServer.Enqueue(partition => partition.Receive(Session, other, delivered, read));

    public override void AcknowledgeMarks(ulong version) => ToServer.Enqueue(partition => partition.AcknowledgeMarks(Session, version));
}
