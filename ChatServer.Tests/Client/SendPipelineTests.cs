using System.Globalization;
using System.Text;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Client;

/// <summary>Which send may go when, without a socket; and thousands of random histories against the server's rules.</summary>
internal sealed class SendPipelineTests
{
    private static readonly WireConversation Bob = WireConversation.Direct(UserId.Parse("bob"));

    [Test]
    public void Many_are_under_way_and_no_more_than_the_server_allows()
    {
        var sends = Pipeline(10, undecided: 4);
        Assert.That(Transmit(sends), Is.EqualTo(new ulong[] { 1, 2, 3, 4 }));
        sends.OnFinal(Find(sends, 2), usedUp: true);
        Assert.That(Transmit(sends), Is.EqualTo(new ulong[] { 5 }));
    }

    [Test]
    public void Settled_moves_over_answered_and_flushed_numbers_only()
    {
        var sends = Pipeline(4);
        Transmit(sends);
        foreach (var number in new ulong[] { 1, 2, 4 }) sends.OnFinal(Find(sends, number), usedUp: true);
        Assert.That((sends.Answered, sends.Settled), Is.EqualTo((2UL, 0UL)), "3 has no answer, and nothing is flushed");
        sends.Settle(sends.Answered);
        Assert.That(sends.Settled, Is.EqualTo(2));
        sends.OnFinal(Find(sends, 3), usedUp: true);
        Assert.That(sends.Answered, Is.EqualTo(4));
    }

    [Test]
    public void A_send_that_is_to_be_tried_again_pulls_all_later_ones_back()
    {
        var sends = Pipeline(4);
        Transmit(sends);
        sends.OnFinal(Find(sends, 1), usedUp: true);
        sends.OnRetry(Find(sends, 2), new ErrorFrame { Code = ErrorCode.Busy, RetryAfterMs = 200 }, TimeSpan.Zero, 0);
        Assert.That(sends.UnderWay, Is.Zero);
        Assert.That(Transmit(sends, TimeSpan.FromMilliseconds(199)), Is.Empty);
        Assert.That(Transmit(sends, TimeSpan.FromMilliseconds(200)), Is.EqualTo(new ulong[] { 2, 3, 4 }));
    }

    [Test]
    public void A_number_that_was_not_used_up_is_settled_before_the_next_goes()
    {
        var sends = Pipeline(3);
        Transmit(sends);
        sends.OnFinal(Find(sends, 1), usedUp: false);
        Assert.That(Transmit(sends), Is.Empty);
        Assert.That(sends.WantsFlush, Is.True);
        sends.Settle(sends.Answered);
        Assert.That(Transmit(sends), Is.EqualTo(new ulong[] { 2, 3 }));
    }

    [Test]
    public void A_new_session_sends_everything_without_an_answer_again()
    {
        var sends = Pipeline(3);
        Transmit(sends);
        sends.OnFinal(Find(sends, 2), usedUp: true);
        sends.Close();
        sends.Open(Limits(), lastSendNumber: 3);
        Assert.That(Transmit(sends), Is.EqualTo(new ulong[] { 1, 3 }));
    }

    [Test]
    public void A_client_that_kept_nothing_goes_on_behind_the_servers_mark()
    {
        var sends = new SendPipeline();
        sends.Open(Limits(), lastSendNumber: 41);
        var send = new PendingSend(Bob, default);
        sends.Append(send);
        Assert.That((send.Number, sends.Settled), Is.EqualTo((42UL, 41UL)));
    }

    [Test]
    public void A_full_pipeline_says_so()
    {
        var sends = Pipeline(SendPipeline.Capacity);
        Assert.That(sends.IsFull, Is.True);
        Assert.Throws<InvalidOperationException>(() => sends.Append(new PendingSend(Bob, default)));
    }

    /// <summary>Refusals of all kinds, lost answers, lost connections and lost stores' ends, by chance.</summary>
    [Test]
    public void Whatever_happens_each_send_takes_effect_once_and_in_order()
    {
        var seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"first seed {seed}");
        for (var i = 0; i < 2_000; i++) RunOne(unchecked(seed + i));
    }

    private static void RunOne(int seed)
    {
        var random = new Random(seed);
        var limit = random.Next(1, 12);
        var limits = new SessionLimits { UndecidedSends = random.Next(1, 8), UnsettledAnswers = limit };
        var server = new SendRules(random, limit);
        var sends = new SendPipeline();
        sends.Open(limits, 0);
        var answers = new SortedDictionary<int, ErrorCode>();
        var requests = new Queue<(ulong Number, ulong Settled, int Content, uint Correlation)>();
        var (now, given, correlation) = (TimeSpan.Zero, 0, 0u);
        for (var turn = 0; turn < 5_000 && (given < 40 || sends.Unanswered().Any()); turn++)
        {
            if (given < 40 && random.Next(3) == 0) sends.Append(new PendingSend(Bob, Encoding.ASCII.GetBytes($"{given++}")));
            while (sends.Next(now) is { } send)
            {
                sends.OnTransmitted(send, ++correlation);
                requests.Enqueue((send.Number, sends.Settled, Content(send), correlation));
            }

            if (random.Next(3) == 0) sends.Settle(sends.Answered);
            if (random.Next(40) == 0)
            {
                // The server has taken some of what was under way; nobody hears of it.
                for (var taken = random.Next(requests.Count + 1); taken > 0; taken--) Take(requests.Dequeue());
                requests.Clear();
                sends.Close();
                sends.Open(limits, server.Mark);
            }

            if (requests.TryDequeue(out var request)) Hear(request, Take(request));
            else if (sends.WaitsForTime(now)) now = sends.NotBefore;
        }

        Assert.That(sends.Unanswered(), Is.Empty, $"an end, seed {seed}");
        Assert.That(answers.Keys, Is.EqualTo(Enumerable.Range(0, 40)), $"an answer for each, seed {seed}");
        Assert.That(server.Delivered, Is.EqualTo(answers.Where(pair => pair.Value == ErrorCode.None).Select(pair => pair.Key)), $"once, in order, seed {seed}");

        (ErrorCode Code, ulong Argument) Take((ulong Number, ulong Settled, int Content, uint Correlation) request) =>
            server.Answer(request.Number, request.Settled, request.Content);

        void Hear((ulong Number, ulong Settled, int Content, uint Correlation) request, (ErrorCode Code, ulong Argument) answer)
        {
            if (sends.Find(request.Number) is not { } send) return;
            if (answer.Code.IsFinal())
            {
                Assert.That(answer.Code, Is.Not.EqualTo(ErrorCode.AlreadySettled).And.Not.EqualTo(ErrorCode.Conflict), $"seed {seed}");
                answers.Add(Content(send), answer.Code);
                sends.OnFinal(send, usedUp: !answer.Code.LeavesMark());
            }
            else if (send.Correlation == request.Correlation)
            {
                sends.OnRetry(send, new ErrorFrame { Code = answer.Code, Argument = answer.Argument }, now, random.NextDouble());
            }
        }
    }

    private static int Content(PendingSend send) => int.Parse(Encoding.ASCII.GetString(send.Payload.Span), CultureInfo.InvariantCulture);

    private static SessionLimits Limits(int undecided = 64) => new() { UndecidedSends = undecided, UnsettledAnswers = 256 };

    private static SendPipeline Pipeline(int count, int undecided = 64)
    {
        var sends = new SendPipeline();
        sends.Open(Limits(undecided), 0);
        for (var i = 0; i < count; i++) sends.Append(new PendingSend(Bob, default));
        return sends;
    }

    private static PendingSend Find(SendPipeline sends, ulong number) =>
        sends.Find(number) ?? throw new AssertionException($"{number} waits for no answer");

    /// <summary>The numbers of all that may go now; they are under way then.</summary>
    private static List<ulong> Transmit(SendPipeline sends, TimeSpan now = default)
    {
        var numbers = new List<ulong>();
        while (sends.Next(now) is { } send)
        {
            sends.OnTransmitted(send, (uint)send.Number);
            numbers.Add(send.Number);
        }

        return numbers;
    }
}
