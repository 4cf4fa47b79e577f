namespace ChatServer.Tests.Simulation;

/// <summary>
/// SplitMix64: a few lines that stay as they are, so a seed means the same run on every version of .NET. Each purpose has a stream of
/// its own, so that leaving out one kind of fault does not change the course of the others.
/// </summary>
internal sealed class SimulationRandom : Random
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    public SimulationRandom(int seed, string stream)
    {
        _state = (ulong)seed * Golden;
        foreach (var letter in stream) _state = Mix(_state + letter + Golden);
    }

    public ulong NextBits()
    {
        _state += Golden;
        return Mix(_state);
    }

    /// <summary>True so many times in a thousand.</summary>
    public bool Chance(int inThousand) => Next(1_000) < inThousand;

    public T OneOf<T>(params ReadOnlySpan<T> values) => values[Next(values.Length)];

    public override int Next() => (int)(NextBits() >> 33);

    public override int Next(int maxValue) => (int)(((NextBits() >> 32) * (ulong)maxValue) >> 32);

    public override int Next(int minValue, int maxValue) => minValue + Next(maxValue - minValue);

    public override long NextInt64() => (long)(NextBits() >> 1);

    public override long NextInt64(long maxValue) => (long)(NextBits() % (ulong)Math.Max(1, maxValue));

    public override long NextInt64(long minValue, long maxValue) => minValue + NextInt64(maxValue - minValue);

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    public override void NextBytes(Span<byte> buffer)
    {
        foreach (ref var one in buffer) one = (byte)(NextBits() >> 56);
    }

    public override double NextDouble() => Sample();

    protected override double Sample() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
