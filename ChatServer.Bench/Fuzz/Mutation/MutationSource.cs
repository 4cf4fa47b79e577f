namespace ChatServer.Bench.Fuzz.Mutation;

/// <summary>What a change may draw from: chance, other inputs, the target's words.</summary>
internal sealed class MutationSource(FuzzRandom random, IReadOnlyList<byte[]> corpus, FuzzTarget target)
{
    public FuzzRandom Random => random;

    public int MaxBytes => target.MaxBytes;

    public byte[] OtherInput() => random.Of(corpus);

    /// <summary>A word of the target's dictionary; a few random bytes when it has none.</summary>
    public byte[] Word() => target.Dictionary is { Count: > 0 } words ? random.Of(words) : random.Bytes(random.Between(1, 4));
}
