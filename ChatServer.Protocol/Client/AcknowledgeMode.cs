namespace ChatServer.Protocol.Client;

/// <summary>When a received message counts as delivered.</summary>
public enum AcknowledgeMode
{
    /// <summary>When the application calls <see cref="ChatClient.Acknowledge"/>; a crash before it loses nothing.</summary>
    Explicit,

    /// <summary>When the application asks <see cref="ChatClient.ReceiveAsync"/> for the one after it.</summary>
    Automatic,
}
