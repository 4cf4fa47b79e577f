using ChatServer.Bench.Load;
using ChatServer.Bench.Load.Raw;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary>The small parts of the raw driver.</summary>
internal sealed class RawPartsTests
{
    private static readonly RawPlan Whole = new() { Server = "127.0.0.1:1", Run = "r", Password = "p" };

    [Test]
    public void Pairs_stay_in_one_generator_and_every_user_is_in_one()
    {
        var plans = RawFleet.Divide(Whole with { Users = 22, HasPairs = true }, 4).ToList();
        Assert.That(plans.Select(plan => plan.Users % 2), Has.All.Zero);
        Assert.That(plans.SelectMany(plan => Enumerable.Range(plan.FirstUser, plan.Users)), Is.EqualTo(Enumerable.Range(0, 22)));
    }

    [Test]
    public void Feeders_are_divided_with_those_they_feed()
    {
        var plans = RawFleet.Divide(Whole with { Users = 23, Feeders = 3 }, 8).ToList();
        Assert.That(plans, Has.Count.EqualTo(3));
        Assert.That((plans.Sum(plan => plan.Feeders), plans.Sum(plan => plan.Users)), Is.EqualTo((3, 23)));
        Assert.That(plans.Select(plan => plan.Feeders), Has.All.Positive);
    }

    [Test]
    public void There_are_never_more_generators_than_there_is_work_for() =>
        Assert.That(RawFleet.Divide(Whole with { Users = 2, HasPairs = true }, 8).Count(), Is.EqualTo(1));

    [Test]
    public void Send_numbers_are_settled_in_order_whatever_the_order_of_answers()
    {
        var sends = new RawSends(inFlight: 4);
        var (peer, _) = RawPeer.Pair(0, ChatServer.Protocol.Wire.UserId.Parse("a"), 1, ChatServer.Protocol.Wire.UserId.Parse("b"));
        for (var i = 0; i < 4; i++) sends.Set(peer, i, sends.Next());
        sends.Finish(3);
        sends.Finish(2);
        Assert.That((sends.Settled, sends.InFlight), Is.EqualTo((0UL, 4)));
        sends.Finish(1);
        Assert.That((sends.Settled, sends.InFlight), Is.EqualTo((3UL, 1)));
        Assert.That(sends.TryGet(4, out var open) && !open.IsFinal, Is.True);
        Assert.That(sends.TryGet(5, out _), Is.False);
    }

    [Test]
    public void A_queue_of_sent_messages_keeps_what_is_not_complete_and_finds_it()
    {
        var queue = new SentQueue();
        for (ulong number = 1; number <= 100; number++) queue.Add(2 * number, due: 0, bytes: 20);
        for (var i = 0; i < 10; i++) queue[i].State = i == 7 ? SentState.Answered : SentState.Answered | SentState.Delivered;
        queue.Retire();
        Assert.That((queue.First, queue.Next), Is.EqualTo((7L, 100L)));
        Assert.That(queue.TryFind(20, out var index) && index == 9, Is.True);
        Assert.That(queue.TryFind(21, out _), Is.False);
        Assert.That(queue.TryFind(2, out index) && index == 0, Is.True, "complete, and not overwritten");
        Assert.That(queue.TryFind(202, out _), Is.False);
    }

    [Test]
    public void Places_are_gapless_only_when_each_is_taken_once()
    {
        Assert.That(Of(3, 1, 2).IsGapless(), Is.True);
        Assert.That(Of(1, 2, 2).IsGapless(), Is.False);
        Assert.That(Of(1, 3, 3).IsGapless(), Is.False);
        Assert.That(Of(1, 3).IsGapless(), Is.False);
        Assert.That(Of().IsGapless(), Is.True);

        static ConversationPlaces Of(params ulong[] sequences)
        {
            var places = new ConversationPlaces();
            foreach (var sequence in sequences) places.Take(sequence);
            return places;
        }
    }

    [TestCase("100", true)]
    [TestCase("20:1,16384:3", true)]
    [TestCase("19", false)]
    [TestCase("16385", false)]
    [TestCase("100:0", false)]
    [TestCase("100:1:1", false)]
    [TestCase("100,", false)]
    [TestCase("", false)]
    public void Sizes_are_read(string text, bool isOne) => Assert.That(PayloadSizes.TryParse(text, out _), Is.EqualTo(isOne));

    [Test]
    public void Sizes_come_in_their_shares_and_the_same_each_time()
    {
        Assert.That(PayloadSizes.TryParse("50:70,500:30", out var sizes) && sizes is not null, Is.True);
        var drawn = Enumerable.Range(1, 10_000).Select(number => sizes?.Of(3, (ulong)number)).ToList();
        Assert.That(drawn.Count(bytes => bytes == 50), Is.InRange(6_800, 7_200));
        Assert.That(Enumerable.Range(1, 10_000).Select(number => sizes?.Of(3, (ulong)number)), Is.EqualTo(drawn));
    }

    [Test]
    public void Times_of_two_generators_are_added_as_if_they_were_one()
    {
        var (one, other, sum) = (Latencies.New(), Latencies.New(), Latencies.New());
        for (var i = 1; i <= 1_000; i++) (i % 2 == 0 ? one : other).RecordValue(i);
        Latencies.Add(sum, Latencies.Take(one));
        Latencies.Add(sum, Latencies.Take(other));
        Latencies.Add(sum, Latencies.Take(other));
        Assert.That((sum.TotalCount, one.TotalCount), Is.EqualTo((1_000L, 0L)));
        Assert.That(Percentiles.Of(sum).P50, Is.EqualTo(0.5).Within(0.001));
        Assert.That(Latencies.Distribution(sum)?[^1], Is.EqualTo(new LatencyPercentile(100, 1)));
    }

    [Test]
    public void The_slope_is_that_of_the_line_through_all_samples()
    {
        ConnectionSample[] samples = [new(2_000, 10_000_000, null), new(6_000, 14_000_000, null), new(10_000, 18_000_000, null)];
        Assert.That(ConnectionSample.Slope(samples, sample => sample.ResidentBytes), Is.EqualTo(1_000).Within(0.001));
    }
}
