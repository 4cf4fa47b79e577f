using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Core;

/// <summary>What a model client asks of the server in one session.</summary>
internal abstract class ModelRequests
{
    /// <summary>A number of the connection that no other one has.</summary>
    public abstract ulong Session { get; }

    public abstract void Send(ulong number, ulong settled, UserId to, byte[] payload);

    public abstract void Receive(UserId other, ulong delivered, ulong read);

    public abstract void AcknowledgeMarks(ulong version);
}
