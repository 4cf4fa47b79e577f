using ChatServer.Bench.Micro;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>What the core's step allocates, by the benchmark's own cycle.</summary>
internal sealed class AllocationTests
{
    // Marks leave as an array: one a drain, whatever the number of messages.
    private const double BytesPerDrain = 128;

    [Test]
    public void A_message_through_the_core_allocates_nothing()
    {
        using var cycle = new CoreBenchmarks();
        cycle.Setup();

        // Code that is not optimised yet boxes ids; how long it takes until it is depends on the machine, so it is waited for by work.
        var perDrain = double.MaxValue;
        for (var round = 0; round < 400 && perDrain > BytesPerDrain; round++) perDrain = BytesOf(cycle, drains: 500) / 500.0;
        Assert.That(perDrain, Is.LessThanOrEqualTo(BytesPerDrain), $"for {CoreBenchmarks.Messages} messages");
    }

    private static long BytesOf(CoreBenchmarks cycle, int drains)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < drains; i++) cycle.SendPushAcknowledgeSettle();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
