namespace ChatServer.Bench.Fuzz;

/// <summary>Judges one input: nothing but what the target lets pass may come out, within its bounds.</summary>
/// <param name="target">What is fed.</param>
/// <param name="beforeEachTry">Called before the input is run, each time: what is counted is one run, however many were needed.</param>
internal sealed class FuzzCheck(FuzzTarget target, Action? beforeEachTry = null)
{
    /// <summary>
    /// A machine that does something else takes time, a method compiled or a type initialised takes memory: what an input costs is the
    /// least of so many tries. Exceptions are not tried again.
    /// </summary>
    private const int Tries = 12;

    private readonly FuzzMeter _meter = new();

    /// <summary>What is wrong, or null.</summary>
    public string? Fault(byte[] input)
    {
        var bounds = target.Bounds;
        var allocated = long.MaxValue;
        var elapsed = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            beforeEachTry?.Invoke();
            _meter.Reset();
            try
            {
                target.Run(input, _meter);
            }
            catch (OracleException broken)
            {
                return broken.Message;
            }
            catch (Exception escaped)
            {
                // Whatever it is, it is the finding: no exception but the ones the target expects may come out.
                return $"{escaped.GetType().Name} escaped: {escaped}";
            }

            allocated = Math.Min(allocated, _meter.Allocated);
            elapsed = _meter.Elapsed < elapsed ? _meter.Elapsed : elapsed;
            if (allocated <= bounds.Allocated(input.Length) && elapsed <= bounds.Time) return null;
        }

        return allocated > bounds.Allocated(input.Length)
            ? $"{allocated} bytes allocated for {input.Length} of input, {bounds.Allocated(input.Length)} are allowed"
            : $"{elapsed.TotalMilliseconds:F1} ms taken, {bounds.Time.TotalMilliseconds:F0} are allowed";
    }
}
