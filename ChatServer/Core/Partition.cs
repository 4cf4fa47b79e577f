using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;
using ChatServer.Storage;

namespace ChatServer.Core;

/// <summary>
/// The unit of ownership, order and storage: a deterministic state machine. Each public method is one input; what it logs is in
/// <see cref="Section"/>, what it wants to say in the turn's outputs, what goes to other partitions in
/// <see cref="TryTakePost"/>. One thread: the loop that owns it.
/// </summary>
internal sealed class Partition
{
    private readonly Journal _journal;
    private readonly Delivery _delivery;
    private readonly Sending _sending;
    private readonly Arrivals _arrivals;
    private readonly Accounts _accounts;
    private readonly Receipts _receipts;
    private readonly List<OutLane> _heard = [];

    public Partition(PartitionState state, Turn turn)
    {
        State = state;
        _journal = new Journal(state);
        _delivery = new Delivery(state, turn);
        _sending = new Sending(state, _journal, _delivery, turn);
        _arrivals = new Arrivals(state, _journal, _sending, _delivery);
        _accounts = new Accounts(state, _journal, _delivery, turn);
        _receipts = new Receipts(state, _journal, _delivery);
    }

    /// <summary>Most bytes of records that one input can cause: a payload, a receipt of the largest size, or a tick over all lanes.</summary>
    public const int MaxRecordBytesPerInput = 256 * 1024;

    public int Id => State.Id;

    public PartitionState State { get; }

    /// <summary>The section of the drain under way; null between drains in which the partition takes no input.</summary>
    public Section? Section
    {
        get => _journal.Section;
        set => _journal.Section = value;
    }

    public int OpenSessions => _delivery.OpenSessions;

    public bool IsOpen(ulong session) => _delivery.Find(session) is not null;

    /// <summary>Sends of the session's device that are not decided: at its limit the session stops reading.</summary>
    public int PendingSends(ulong session) => _delivery.Find(session)?.Device.PendingSends ?? 0;

    public void Open(OpenRequest request) => _accounts.Open(request);

    public void RefuseLogin(OpenRequest request, ErrorCode code, uint retryAfterMilliseconds = 0) =>
        _accounts.RefuseLogin(request, code, retryAfterMilliseconds);

    public void Close(ulong session) => _accounts.Close(session);

    public (byte[] Hash, ulong Epoch)? PasswordOf(UserId user) => _accounts.PasswordOf(user);

    /// <summary>
    /// Inputs of a session that was taken over are dropped: it is not open here any more. Whether an answer of its own follows: none
    /// does for what is under way already.
    /// </summary>
    public bool Send(ulong session, uint correlation, in SendRequest request) =>
        _delivery.Find(session) is { } outlet && _sending.Send(outlet, correlation, request);

    public void Settle(ulong session, ulong settled)
    {
        if (_delivery.Find(session) is { } outlet) _sending.Settle(outlet, settled);
    }

    public void Receive(ulong session, UserId other, ulong delivered, ulong read)
    {
        if (_delivery.Find(session) is { } outlet) _receipts.Receive(outlet, other, delivered, read);
    }

    public void AcknowledgeMarks(ulong session, ulong version)
    {
        if (_delivery.Find(session) is { } outlet) _receipts.AcknowledgeMarks(outlet, version);
    }

    public void ListDevices(ulong session, uint correlation)
    {
        if (_delivery.Find(session) is { } outlet) _accounts.ListDevices(outlet, correlation);
    }

    public void RemoveDevice(ulong session, uint correlation, DeviceId device)
    {
        if (_delivery.Find(session) is { } outlet) _accounts.RemoveDevice(outlet, correlation, device);
    }

    public ErrorCode AddUser(UserId id, ReadOnlySpan<byte> passwordHash, bool trusted) => _accounts.AddUser(id, passwordHash, trusted);

    public ErrorCode SetPassword(UserId id, ReadOnlySpan<byte> passwordHash) => _accounts.SetPassword(id, passwordHash);

    public ErrorCode RemoveUser(UserId id) => _accounts.RemoveUser(id);

    /// <summary>Records of entries were copied to a cold file, which is on disk (<see cref="Relocated.WriteGroups"/>).</summary>
    public void Relocate(int file, ReadOnlySpan<byte> groups) => _journal.Emit(new Relocated { File = file, Groups = groups });

    /// <summary>
    /// The oldest entries in memory of a conversation may be spilled, when they still are what they were and nobody is about to get
    /// them; otherwise nothing happens.
    /// </summary>
    public void Spill(UserId user, UserId other, ulong first, int count, int file, RecordSpan index) => _receipts.Spill(user, other, first, count, file, index);

    /// <summary>All of a conversation is to be in memory.</summary>
    public void WantAll(UserId user, UserId other)
    {
        if (State.Users.TryGet(user, out var found) && found.Memberships.TryGet(other, out var membership)) _delivery.Want(membership, membership.TailStart);
    }

    /// <summary>The run that is wanted next, to be given back by <see cref="Unspill"/> with its index.</summary>
    public bool TryPeekWanted(out SpilledRun run)
    {
        run = default;
        if (!_delivery.TryPeekWanted(out var membership)) return false;
        run = membership.Runs[^1];
        return true;
    }

    /// <summary>The run that <see cref="TryPeekWanted"/> named.</summary>
    public void Unspill(ReadOnlySpan<byte> index)
    {
        Invariant.Holds(_delivery.TryPeekWanted(out var membership), "what is taken back was wanted");
        _journal.Emit(new Unspilled { User = membership.User.Id, Other = membership.Other, Index = index });
        if (State.Find(membership.User.Id) is { } user) _delivery.Arrived(user, membership);
    }

    /// <summary>Entries of a conversation have waited for too long, up to a sequence.</summary>
    public void Expire(UserId user, UserId other, ulong upTo) => _receipts.Expire(user, other, upTo);

    /// <summary>A record from another partition; false when it was applied before.</summary>
    public bool Receive(in LaneRecord record, ReadOnlySpan<byte> payload) => _arrivals.Receive(record, payload);

    /// <summary>
    /// Another partition has applied everything up to a number of the lane to it. Logged by the next tick, not each time; true when
    /// so much has come together that the tick should be now. Not an input: it changes nothing durable.
    /// </summary>
    public bool Hear(int peer, ulong upTo)
    {
        var lane = State.Lanes.To(peer);
        if (upTo <= lane.Heard || upTo <= lane.Acknowledged) return false;
        if (lane.Heard <= lane.Acknowledged) _heard.Add(lane);
        lane.Heard = upTo;
        return upTo - lane.Acknowledged >= (ulong)State.Limits.LaneAcknowledgeEvery;
    }

    /// <summary>Whether a tick would have something to do.</summary>
    public bool HasTickWork => _heard.Count > 0;

    public void Tick()
    {
        foreach (var lane in _heard) LogHeard(lane);
        _heard.Clear();
    }

    /// <summary>The drain ends: what was coalesced is said.</summary>
    public void EndTurn() => _delivery.EndTurn();

    /// <summary>The next record for another partition; to be handed over once the drain's batch is appended, or within it.</summary>
    public bool TryTakePost(out LaneRecord record) => State.Lanes.TryTakeUnposted(out record);

    private void LogHeard(OutLane lane)
    {
        if (lane.Heard > lane.Acknowledged) _journal.Emit(new LaneAcknowledged { Peer = lane.To, UpTo = lane.Heard });
    }
}
