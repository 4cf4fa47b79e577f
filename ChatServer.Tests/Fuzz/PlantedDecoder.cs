using System.Diagnostics;
using ChatServer.Bench.Fuzz;

namespace ChatServer.Tests.Fuzz;

/// <summary>
/// A decoder with a fault behind four bytes that have to be right one after the other: blind chance needs some ten thousand million
/// inputs, one that sees how far it came a few thousand for each.
/// </summary>
internal sealed class PlantedDecoder(PlantedFault fault) : FuzzTarget
{
    private static readonly TimeSpan TooLong = TimeSpan.FromMilliseconds(15);

    public override string Name => "planted";

    public override string About => "a decoder that is wrong on purpose";

    public override int MaxBytes => 16;

    public override IReadOnlyList<byte[]> Seeds { get; } = [new byte[8]];

    public override void Run(byte[] input, FuzzMeter meter)
    {
        meter.Start();
        var isReached = IsReached(input);
        if (isReached) Misbehave();
        meter.Stop();
        Oracle.Holds(!isReached || fault != PlantedFault.Differs, "what was read is written as it was");
    }

    private static bool IsReached(byte[] input)
    {
        if (input.Length < 5) return false;
        if (input[0] != 0xC7) return false;
        if (input[1] != 0x4D) return false;
        if (input[2] != 0xA9) return false;
        return input[3] == 0x36;
    }

    private void Misbehave()
    {
        switch (fault)
        {
            case PlantedFault.Escapes: throw new InvalidOperationException("planted");
            case PlantedFault.Allocates: GC.KeepAlive(new byte[1 << 20]); break;
            case PlantedFault.Lingers:
                var started = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(started) < TooLong)
                {
                }

                break;
            case PlantedFault.Differs: break;
        }
    }
}
