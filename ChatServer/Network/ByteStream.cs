namespace ChatServer.Network;

/// <summary>
/// An ordered stream of bytes each way, as a connection needs it: nothing waits here. The seam between a connection and what carries
/// it: a socket, or a network that is simulated. Belongs to the loop, but for the completions that it announces to its owner.
/// </summary>
internal abstract class ByteStream : IDisposable
{
    /// <summary>Whom to tell; set by the connection that takes the stream over.</summary>
    public Connection? Owner { get; set; }

    /// <summary>The place of its connection among those of its transport; negative: in none.</summary>
    public int Place { get; set; } = -1;

    /// <summary>Takes what is there.</summary>
    public abstract StreamStatus Receive(Span<byte> destination, out int bytes);

    /// <summary>Hands over as much as fits.</summary>
    public abstract StreamStatus Send(ReadOnlySpan<byte> bytes, out int sent);

    /// <summary>Tells the owner by <see cref="Connection.HasBecomeReadable"/>, from any thread, once there is something to receive, be it the end.</summary>
    public abstract void AwaitReadable();

    /// <summary>Sends all of it by itself, as room comes; tells the owner by <see cref="Connection.HasSent"/>, from any thread. One at a time.</summary>
    public abstract void SendInBackground(byte[] bytes);

    /// <summary>Its owner lives in the transport from now on; null: in none for a while. What it has to tell meanwhile is not lost.</summary>
    public virtual void MoveTo(Transport? transport)
    {
    }

    /// <summary>Nothing more is sent; the other end sees that after the last byte. False when the stream has failed.</summary>
    public abstract bool EndSending();

    public abstract void Dispose();
}
