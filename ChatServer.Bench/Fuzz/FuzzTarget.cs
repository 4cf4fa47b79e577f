using ChatServer.Bench.Fuzz.Mutation;

namespace ChatServer.Bench.Fuzz;

/// <summary>
/// One way into the product for bytes that nobody vouches for, and what must hold whatever they are. One thread at a time; an
/// input is judged alone, so that it fails again from its hex.
/// </summary>
internal abstract class FuzzTarget : IDisposable
{
    public abstract string Name { get; }

    /// <summary>What is fed, in a few words.</summary>
    public abstract string About { get; }

    /// <summary>Longer inputs are not made.</summary>
    public virtual int MaxBytes => 4_096;

    public virtual FuzzBounds Bounds => FuzzBounds.Frame;

    /// <summary>What a well-meaning writer would make; the search starts there.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Pieces that mean something to the code, to be put into inputs.</summary>
    public virtual IReadOnlyList<byte[]> Dictionary => [];

    public virtual IReadOnlyList<InputMutator> Mutators { get; } = [new ByteMutator()];

    /// <summary>Feeds the input; throws when something does not hold. The product's part is between the meter's start and stop.</summary>
    public abstract void Run(byte[] input, FuzzMeter meter);

    /// <summary>Removes what the target keeps outside the process.</summary>
    public virtual void Dispose()
    {
    }
}
