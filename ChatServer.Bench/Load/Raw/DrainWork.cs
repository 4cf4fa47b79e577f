using System.Diagnostics;

namespace ChatServer.Bench.Load.Raw;

/// <summary>Waits until everything is answered and everything promised has come; gives up when nothing moves any more.</summary>
internal sealed class DrainWork(RawDriver driver, bool answersOnly) : IDriverWork
{
    private long _last = -1;
    private long _since = driver.Now;

    public string? Problem { get; private set; }

    public bool Turn()
    {
        var verifier = driver.Verifier;
        if (verifier.Open == 0 && driver.Waiting == 0 && (answersOnly || verifier.Owed == 0)) return true;
        var count = verifier.Acknowledged + verifier.Received + verifier.Refused;
        if (count != _last) (_last, _since) = (count, driver.Now);
        if (driver.Failures.Count == 0 && Stopwatch.GetElapsedTime(_since, driver.Now) <= LoadCommands.Patience) return false;
        Problem = answersOnly ? "not everything was answered" : "not everything arrived";
        return true;
    }
}
