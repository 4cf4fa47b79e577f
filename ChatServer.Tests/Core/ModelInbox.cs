using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>The receiving half of a model client: what came, in which order, what was acknowledged, how far others are.</summary>
internal sealed class ModelInbox(ModelWorld world, ModelIncarnation self)
{
    private readonly SortedDictionary<UserId, Standing> _standings = [];
    private ulong _marksInSession;

    public ulong MarksVersion { get; private set; }

    public bool IsCaughtUp { get; private set; }

    public IReadOnlyDictionary<UserId, (ulong Delivered, ulong Read)> Marks => _marks;

    private readonly Dictionary<UserId, (ulong Delivered, ulong Read)> _marks = [];

    private sealed class Standing
    {
        public ulong Last { get; set; }
        public ulong Claimed { get; set; }
        public ulong ClaimedInSession { get; set; }
        public ulong? PushedLast { get; set; }
        public List<ulong> Unclaimed { get; } = [];
    }

    public void Reconnected()
    {
        IsCaughtUp = false;
        _marksInSession = MarksVersion;
        foreach (var standing in _standings.Values)
        {
            standing.PushedLast = null;
            standing.ClaimedInSession = 0;
            standing.Unclaimed.Clear();
        }
    }

    public void Message(Spoken spoken)
    {
        var (other, sequence, previous) = (spoken.Output.User, spoken.Output.First, spoken.Output.Second);
        var message = world.Reference.Placed(spoken.Text, self.User, other, sequence, spoken.Output.Third);
        Assert.That((spoken.Sender, spoken.SenderDevice, spoken.SendNumber) == (message.Sender, message.Author.Device, message.Number), "P2: an entry says another origin");
        Assert.That(message.Author, Is.Not.SameAs(self), $"P2: {self} was pushed its own entry");
        var standing = Of(other);
        if (standing.PushedLast is { } last)
        {
            Assert.That(previous, Is.EqualTo(last), $"P3: the chain of {self} with {other} is broken at {sequence}");
            self.Steps.Add((other, previous, sequence));
        }

        Assert.That(sequence, Is.GreaterThan(previous), $"P3: {self} with {other}: {sequence} after {previous}");
        standing.PushedLast = sequence;
        if (!self.Received.Add((other, sequence))) world.Saw("redelivered");
        standing.Last = Math.Max(standing.Last, sequence);
        if (sequence > standing.ClaimedInSession) standing.Unclaimed.Add(sequence); // else its receipt is on its way
        var outstanding = _standings.Values.Sum(of => of.Unclaimed.Count);
        Assert.That(outstanding, Is.LessThanOrEqualTo(world.WindowMessages), $"P9: more was pushed to {self} than its window takes");
        if (outstanding == world.WindowMessages) world.Saw("a window shut");
    }

    public void CaughtUp()
    {
        Assert.That(IsCaughtUp, Is.False, "CaughtUp comes once in a session");
        IsCaughtUp = true;
    }

    public void TakeMarks(in Output output)
    {
        Assert.That(output.First, Is.GreaterThan(_marksInSession), $"{self}: versions of marks grow in a session");
        _marksInSession = output.First;
        MarksVersion = Math.Max(MarksVersion, output.First);
        foreach (var mark in output.Marks ?? [])
        {
            var (delivered, read) = _marks.GetValueOrDefault(mark.Reader);
            Assert.That(mark.Delivered >= delivered && mark.Read >= read, Is.True, $"P5: a mark of {mark.Reader} at {self} goes back");
            _marks[mark.Reader] = (mark.Delivered, mark.Read);
            world.Reference.Marked(self.User, mark.Reader, mark.Delivered, mark.Read);
        }
    }

    /// <summary>Says something true of one conversation; now and then also what cannot be true, which must be ignored.</summary>
    public void AcknowledgeSome(ModelRequests connection, Random random)
    {
        if (_standings.Count == 0) return;
        var (other, standing) = _standings.ElementAt(random.Next(_standings.Count));
        switch (random.Next(12))
        {
            case 0:
                connection.Receive(other, standing.Last + 1_000, 0);
                connection.Receive(other, 0, standing.Last + 1_000);
                break;
            case 1:
                connection.Receive(UserId.Parse("nobody"), 1, 1);
                break;
            default:
                if (standing.Last == 0) return;
                var delivered = (ulong)random.NextInt64((long)standing.Claimed, (long)standing.Last + 1);
                Acknowledge(connection, other, delivered, random.Next(3) == 0 ? (ulong)random.NextInt64((long)delivered + 1) : 0);
                break;
        }

        if (random.Next(2) == 0) AcknowledgeMarks(connection);
    }

    public void AcknowledgeAll(ModelRequests connection)
    {
        foreach (var (other, standing) in _standings)
        {
            if (standing.Last > 0) Acknowledge(connection, other, standing.Last, standing.Last);
        }

        AcknowledgeMarks(connection);
    }

    private void Acknowledge(ModelRequests connection, UserId other, ulong delivered, ulong read)
    {
        var standing = Of(other);
        standing.Claimed = Math.Max(standing.Claimed, delivered);
        standing.ClaimedInSession = Math.Max(standing.ClaimedInSession, delivered);
        standing.Unclaimed.RemoveAll(sequence => sequence <= standing.Claimed);
        world.Reference.Claim(self.User, other, delivered, read);
        connection.Receive(other, delivered, read);
    }

    private void AcknowledgeMarks(ModelRequests connection) => connection.AcknowledgeMarks(MarksVersion);

    private Standing Of(UserId other)
    {
        if (!_standings.TryGetValue(other, out var standing)) _standings.Add(other, standing = new Standing());
        return standing;
    }
}
