using System.Globalization;
using ChatServer.Core.Records;

namespace ChatServer.Core;

/// <summary>Puts a partition together again from the pieces of a <see cref="PartitionImage"/>.</summary>
internal sealed class PartitionRestore(int id, PartitionMap map, CoreLimits limits)
{
    private readonly PartitionState _state = new(id, map, limits);

    // By place. A table, since an array would be as long as the head says before anything has been read.
    private readonly Dictionary<int, User> _users = [];
    private int? _count;

    /// <exception cref="InvalidDataException">Of another version, partition or map.</exception>
    public void TakeHead(ReadOnlySpan<byte> head)
    {
        var reader = new RecordReader(head);
        TakeHead(ref reader);
        RequireEnd(reader);
    }

    /// <exception cref="InvalidDataException">Not users of this image, or one comes twice.</exception>
    public void TakeUsers(ReadOnlySpan<byte> piece)
    {
        var reader = new RecordReader(piece);
        while (!reader.AtEnd) TakeUser(ref reader);
    }

    /// <summary>The state that the image was taken of.</summary>
    /// <exception cref="InvalidDataException">Something of it is missing.</exception>
    public PartitionState Finish()
    {
        if (_users.Count != _count) throw new InvalidDataException($"The image of partition {id} has {_users.Count} users, and {_count?.ToString(CultureInfo.InvariantCulture) ?? "no head"}");
        for (var place = 0; place < _users.Count; place++)
        {
            var user = _users[place]; // as many different places as there are, so none is empty
            if (_state.Users.ContainsKey(user.Id)) throw new InvalidDataException($"The image of partition {id} has user '{user.Id}' twice");
            _state.Add(user);
        }

        return _state;
    }

    internal void TakeHead(ref RecordReader reader)
    {
        if (_count is not null) throw new InvalidDataException($"The image of partition {id} has two heads");
        if (reader.Byte() is var version && version != PartitionImage.Version)
            throw new InvalidDataException($"An image has version {version}, and this program reads {PartitionImage.Version}");
        if (reader.Number() != (ulong)id) throw new InvalidDataException($"An image is not of partition {id}");
        if (reader.Number() != (ulong)map.Count) throw new InvalidDataException($"An image is not of a cluster of {map.Count} partitions");
        _state.LastTime = reader.Number();
        _state.LastColdFile = reader.Count(int.MaxValue);
        _state.Account = MessageAccount.Read(ref reader);
        LaneSnapshot.Read(ref reader, _state);
        _count = reader.Count(int.MaxValue);
    }

    internal void TakeUser(ref RecordReader reader)
    {
        var place = reader.Count(int.MaxValue);
        if (_count is null || place >= _count || !_users.TryAdd(place, UserSnapshot.Read(ref reader, _state)))
            throw new InvalidDataException($"The image of partition {id} has a user it should not have");
    }

    private static void RequireEnd(RecordReader reader)
    {
        if (!reader.AtEnd) throw new InvalidDataException("An image goes on behind its end");
    }
}
