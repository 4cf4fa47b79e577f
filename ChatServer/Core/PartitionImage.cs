using System.Buffers;
using ChatServer.Core.Records;

namespace ChatServer.Core;

/// <summary>
/// A partition's durable state at one moment, as bytes, taken in pieces while the partition goes on: what is about to change is
/// written first (<see cref="BeforeChange"/>), so all pieces together are the state at the beginning. Payloads are not in it, only
/// where in the log they are; neither is what a session knows (windows, rates, who asked).
/// </summary>
/// <remarks>
/// A head: version, partition, number of partitions, time, last cold file, account, lanes, number of users. Then users in any order, each with its place in
/// the order they were added. Numbers and ids as in records.
/// </remarks>
internal sealed class PartitionImage
{
    public const byte Version = 1;

    private readonly PartitionState _state;
    private readonly ArrayBufferWriter<byte> _changed = new();
    private readonly int _users;

    // Users written out of their turn, a bit each.
    private readonly ulong[] _written;
    private readonly MessageAccount _account;
    private int _next;
    private long _waiting;
    private long _undecided;

    private PartitionImage(PartitionState state)
    {
        _state = state;
        _users = state.Users.Count;
        _written = new ulong[(_users + 63) / 64];
        _account = state.Account;
    }

    /// <summary>All users are in the pieces that were taken.</summary>
    public bool IsDone => _next == _users && _changed.WrittenCount == 0;

    /// <summary>
    /// Once it is done: by how much the account that the partition keeps as it goes was wrong, all users counted anew. 0, or a bug.
    /// </summary>
    public long Miscounted => Math.Abs(_account.Waiting - _waiting) + Math.Abs(_account.Undecided - _undecided);

    /// <summary>
    /// Begins between two drains. From here to <see cref="End"/> the partition tells it of every user before a record changes it.
    /// </summary>
    public static PartitionImage Begin(PartitionState state, IBufferWriter<byte> head)
    {
        var image = new PartitionImage(state);
        state.Image = image;
        WriteHead(new RecordWriter(head), state);
        return image;
    }

    /// <summary>The next users, at least one, and no more once the piece has reached its size.</summary>
    public void Take(ArrayBufferWriter<byte> piece, int bytes)
    {
        piece.Write(_changed.WrittenSpan);
        _changed.ResetWrittenCount();
        var writer = new RecordWriter(piece);
        while (_next < _users && piece.WrittenCount < bytes)
        {
            var place = _next++;
            if (!IsWritten(place)) Write(writer, place);
        }
    }

    /// <summary>Taken, or given up.</summary>
    public void End() => _state.Image = null;

    /// <summary>A record is about to change this user.</summary>
    public void BeforeChange(int place)
    {
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.ImageTakenTooLate) return;
#endif
        if (place < _next || place >= _users || IsWritten(place)) return;
        _written[place >> 6] |= 1UL << place;
        Write(new RecordWriter(_changed), place);
    }

    internal static void WriteHead(RecordWriter writer, PartitionState state)
    {
        writer.Byte(Version);
        writer.Number((ulong)state.Id);
        writer.Number((ulong)state.Map.Count);
        writer.Number(state.LastTime);
        writer.Number((ulong)state.LastColdFile);
        state.Account.Write(writer);
        LaneSnapshot.Write(writer, state.Lanes);
        writer.Number((ulong)state.Users.Count);
    }

    internal static void WriteUser(RecordWriter writer, PartitionState state, int place)
    {
        writer.Number((ulong)place);
        UserSnapshot.Write(writer, state.Users, place);
    }

    private bool IsWritten(int place) => (_written[place >> 6] & (1UL << place)) != 0;

    private void Write(RecordWriter writer, int place)
    {
        if (_state.Users.KeptAt(place) is { } user) Count(user);
        WriteUser(writer, _state, place);
    }

    private void Count(User user)
    {
        foreach (ref var slot in user.Slots) _undecided += slot.Device?.PendingSends ?? 0;
        foreach (var membership in user.Memberships.All) _waiting += membership.CountWaiting();
    }
}
