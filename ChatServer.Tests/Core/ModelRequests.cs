using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Core;

/// <summary>What a model client asks of the server in one session.</summary>
internal abstract class ModelRequests
{
    public abstract void Send(ulong number, ulong settled, UserId to, string text);

    public abstract void Receive(UserId other, ulong delivered, ulong read);

    public abstract void AcknowledgeMarks(ulong version);
}
