using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Storage;

internal sealed class FasterCommitLogTests
{
    [Test]
    public void What_was_committed_is_replayed_after_reopening_and_the_log_goes_on()
    {
        using var test = new LogUnderTest();
        test.Open();
        test.Append("one");
        test.Append("two");
        Assert.That(test.Commit(), Is.True);
        test.Reopen();
        Assert.That(test.Replayed, Is.EqualTo(["one", "two"]));
        test.Append("three");
        Assert.That(test.Commit(), Is.True);
        test.Reopen();
        Assert.That(test.Replayed, Is.EqualTo(["one", "two", "three"]));
    }

    [Test]
    public void A_log_over_several_segments_is_replayed_after_each_reopening()
    {
        var seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var test = new LogUnderTest();
        test.Open();
        for (var round = 0; round < 8; round++)
        {
            test.Write(15, random);
            Assert.That(test.Failure, Is.Null);
            test.Reopen();
            Assert.That(test.Replayed, Has.Count.EqualTo(15 * (round + 1)));
        }

        Assert.That(test.Log.LogBytes, Is.GreaterThan(3 * LogUnderTest.SegmentBytes));
    }
}
