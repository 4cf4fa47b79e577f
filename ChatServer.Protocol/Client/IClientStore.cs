using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// What a client has to remember for a message to arrive exactly once over crashes of its own: one store a device, never shared.
/// The client calls one <c>Keep…</c> at a time; <see cref="Flush"/> may run beside one. A Keep that returned survives the end of the
/// process, and after the next Flush also the end of the machine: the client flushes before it tells the server that it keeps
/// something (<c>settled</c>, Receipt, the token in Hello). An older state than the newest is safe: the protocol then answers
/// "already settled" or repeats; nothing doubles. What cannot be kept is an exception, and the client stops.
/// </summary>
public interface IClientStore : IDisposable
{
    /// <summary>What was kept; the default values in a new store.</summary>
    StoredState Load();

    /// <summary>The token of the next login; empty: forget the one that is there.</summary>
    void KeepToken(ReadOnlySpan<byte> token);

    /// <summary>Another history of the server: with it all cursors and the version of the marks are forgotten.</summary>
    void KeepHistory(ReadOnlySpan<byte> history);

    /// <summary>
    /// The attempt that is about to be made. Kept over restarts, so that a Hello of an earlier run, delayed on the network, is known for
    /// a ghost and does not take the session over.
    /// </summary>
    void KeepAttempt(ulong instance, uint attempt);

    /// <summary>A message that is about to be sent. Numbers rise.</summary>
    void KeepSend(StoredSend send);

    /// <summary>The final answer of a number has come; the send is forgotten.</summary>
    void KeepAnswer(ulong sendNumber);

    /// <summary>How far the application has acknowledged and read a conversation.</summary>
    void KeepCursors(StoredCursors cursors);

    /// <summary>The version of the last marks that the application has taken.</summary>
    void KeepMarksVersion(ulong version);

    /// <summary>Returns when every Keep that returned before this call survives a loss of power.</summary>
    void Flush();
}
