using ChatServer.Bench.Checking;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>The receiving half of a model client: what came, what was acknowledged, how far others are.</summary>
internal sealed class ModelInbox(ModelWorld world, ModelDevice self)
{
    private readonly int _window = world.Names.Label($"the window of {self}");
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
        public List<ulong> Unclaimed { get; } = [];
    }

    public void Reconnected()
    {
        IsCaughtUp = false;
        _marksInSession = MarksVersion;
        foreach (var standing in _standings.Values)
        {
            standing.ClaimedInSession = 0;
            standing.Unclaimed.Clear();
        }
    }

    public void Message(ModelRequests connection, Spoken spoken)
    {
        var (other, sequence) = (spoken.Output.User, spoken.Output.First);
        var sender = world.DeviceOf(spoken.Sender, spoken.SenderDevice);
        world.Record(HistoryEvent.Delivered(
            connection.Session, self.HistoryDevice, world.ConversationOf(self.User, other), sequence, spoken.Output.Second, sender, spoken.SendNumber, spoken.Hash, spoken.Output.Third, isKept: true));
        var standing = Of(other);
        if (sequence <= standing.Last) world.Saw("redelivered");
        standing.Last = Math.Max(standing.Last, sequence);
        if (sequence > standing.ClaimedInSession) standing.Unclaimed.Add(sequence); // else its receipt is on its way
        var outstanding = _standings.Values.Sum(of => of.Unclaimed.Count);
        world.Record(HistoryEvent.Queue(_window, (ulong)outstanding, (ulong)world.WindowMessages));
        if (outstanding == world.WindowMessages) world.Saw("a window shut");
    }

    public void CaughtUp()
    {
        Assert.That(IsCaughtUp, Is.False, "CaughtUp comes once in a session");
        IsCaughtUp = true;
    }

    public void TakeMarks(ModelRequests connection, in Output output)
    {
        Assert.That(output.First, Is.GreaterThan(_marksInSession), $"{self}: versions of marks grow in a session");
        _marksInSession = output.First;
        MarksVersion = Math.Max(MarksVersion, output.First);
        foreach (var mark in output.Marks.ToArray())
        {
            _marks[mark.Reader] = (mark.Delivered, mark.Read);
            world.Record(HistoryEvent.Marks(
                connection.Session, self.HistoryDevice, world.ConversationOf(self.User, mark.Reader), world.Names.User(mark.Reader.Value), mark.Delivered, mark.Read));
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
        world.Record(HistoryEvent.Receipt(self.HistoryDevice, world.ConversationOf(self.User, other), delivered, read));
        connection.Receive(other, delivered, read);
    }

    private void AcknowledgeMarks(ModelRequests connection) => connection.AcknowledgeMarks(MarksVersion);

    private Standing Of(UserId other)
    {
        if (!_standings.TryGetValue(other, out var standing)) _standings.Add(other, standing = new Standing());
        return standing;
    }
}
