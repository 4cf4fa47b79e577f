namespace ChatServer.Protocol.Client;

/// <summary>What a store kept. See <see cref="IClientStore"/>.</summary>
public sealed record StoredState
{
    /// <summary>The token of the next login; empty: none.</summary>
    public ReadOnlyMemory<byte> Token { get; init; }

    /// <summary>The history that the cursors belong to; empty: none yet.</summary>
    public ReadOnlyMemory<byte> History { get; init; }

    /// <summary>The random number that names this store to the server; 0: none yet.</summary>
    public ulong Instance { get; init; }

    /// <summary>The last attempt that was made under it.</summary>
    public uint Attempt { get; init; }

    /// <summary>The highest send number that was used; 0: none.</summary>
    public ulong LastSendNumber { get; init; }

    /// <summary>Sends without a final answer, in the order of their numbers.</summary>
    public IReadOnlyList<StoredSend> UnansweredSends { get; init; } = [];

    /// <summary>Cursors, one a conversation.</summary>
    public IReadOnlyList<StoredCursors> Cursors { get; init; } = [];

    /// <summary>The version of the last marks that the application has taken.</summary>
    public ulong MarksVersion { get; init; }

    /// <summary>The final answers of all numbers up to here have come.</summary>
    public ulong Settled => UnansweredSends.Count == 0 ? LastSendNumber : UnansweredSends[0].SendNumber - 1;
}
