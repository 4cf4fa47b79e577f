namespace ChatServer.Protocol.Client;

/// <summary>Where a device stands in one conversation. Guarded by the client's lock.</summary>
internal sealed class ReceiveCursors
{
    /// <summary>Handed to the receive stream up to here, in this run.</summary>
    public ulong Received { get; set; }

    /// <summary>Acknowledged by the application up to here; the store has been told.</summary>
    public ulong Delivered { get; set; }

    /// <summary>Read by the user up to here; the store has been told.</summary>
    public ulong Read { get; set; }

    /// <summary>As <see cref="Delivered"/>, and the store has flushed: what the server may be told.</summary>
    public ulong KeptDelivered { get; set; }

    /// <summary>As <see cref="Read"/>, and the store has flushed.</summary>
    public ulong KeptRead { get; set; }

    /// <summary>The session in which <see cref="Pushed"/> is.</summary>
    public int Session { get; set; }

    /// <summary>The last entry that was pushed in that session.</summary>
    public ulong Pushed { get; set; }
}
