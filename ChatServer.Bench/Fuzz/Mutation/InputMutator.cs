namespace ChatServer.Bench.Fuzz.Mutation;

/// <summary>Makes a new input of one that is known. The old one stays as it is.</summary>
internal abstract class InputMutator
{
    public abstract byte[] Change(byte[] input, MutationSource source);
}
