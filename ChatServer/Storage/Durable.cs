namespace ChatServer.Storage;

/// <summary>
/// The proof that every batch up to <see cref="BatchNumber"/> is on disk. What rests on a batch is released only against one of
/// these, so an answer before its commit cannot be written. The default proves nothing.
/// </summary>
internal readonly struct Durable : IEquatable<Durable>
{
    private Durable(ulong batchNumber) => BatchNumber = batchNumber;

    /// <summary>The last batch that is on disk; 0: none.</summary>
    public ulong BatchNumber { get; }

    /// <summary>Only a commit log states this, after its sync. A test keeps every other room from calling it.</summary>
    public static Durable UpTo(ulong batchNumber) => new(batchNumber);

    /// <summary>Whether the batch is on disk.</summary>
    public bool Covers(ulong batchNumber) => batchNumber <= BatchNumber;

    public bool Equals(Durable other) => BatchNumber == other.BatchNumber;

    public override bool Equals(object? obj) => obj is Durable other && Equals(other);

    public override int GetHashCode() => BatchNumber.GetHashCode();
}
