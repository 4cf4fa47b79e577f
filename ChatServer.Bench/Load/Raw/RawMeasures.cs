using System.Diagnostics;
using HdrHistogram;

namespace ChatServer.Bench.Load.Raw;

/// <summary>What a generator measured since it was last asked. One thread.</summary>
internal sealed class RawMeasures
{
    public LongHistogram EndToEnd { get; } = Latencies.New();

    public LongHistogram Acknowledgement { get; } = Latencies.New();

    public LongHistogram Login { get; } = Latencies.New();

    public long Resent { get; set; }

    public long AnsweredDuplicate { get; set; }

    public long Logins { get; set; }

    public long TokenLogins { get; set; }

    /// <summary>Connections that ended without being asked to.</summary>
    public long LostConnections { get; set; }

    /// <summary>Sends or logins that were told to come again.</summary>
    public long Postponed { get; set; }

    public static void Record(LongHistogram histogram, long since, long now) => histogram.RecordValue(Latencies.Microseconds(since, now));
}
