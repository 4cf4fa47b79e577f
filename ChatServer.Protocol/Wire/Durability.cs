namespace ChatServer.Protocol.Wire;

/// <summary>What a message survives. Larger is stronger.</summary>
public enum Durability : byte
{
    /// <summary>In Send: the strongest that the server is configured for. Not valid in Sent.</summary>
    Default = 0,

    /// <summary>In the memory of one machine.</summary>
    Memory = 1,

    /// <summary>Synced to the disk of one machine.</summary>
    Disk = 2,

    /// <summary>On several machines.</summary>
    Replicated = 3,
}
