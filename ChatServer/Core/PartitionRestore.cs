using System.Globalization;
using System.Runtime.InteropServices;
using ChatServer.Core.Records;

namespace ChatServer.Core;

/// <summary>Puts a partition together again from the pieces of a <see cref="PartitionImage"/>.</summary>
internal sealed class PartitionRestore(int id, PartitionMap map, CoreLimits limits)
{
    private readonly PartitionState _state = new(id, map, limits);

    // For each user in the order they came, its place. Nearly all come in the order of their places.
    private readonly List<int> _places = [];
    private bool _isInOrder = true;
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
        if (_places.Count != _count) throw new InvalidDataException($"The image of partition {id} has {_places.Count} users, and {_count?.ToString(CultureInfo.InvariantCulture) ?? "no head"}");
        if (_isInOrder) return _state;
        var isTaken = new bool[_places.Count];
        foreach (var place in _places)
        {
            if (isTaken[place]) throw new InvalidDataException($"The image of partition {id} has place {place} twice");
            isTaken[place] = true;
        }

        _state.Users.Reorder(CollectionsMarshal.AsSpan(_places));
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
        if (_count is null || place >= _count) throw new InvalidDataException($"The image of partition {id} has a user it should not have");
        _isInOrder &= place == _places.Count;
        _places.Add(place);
        UserSnapshot.Read(ref reader, _state);
    }

    private static void RequireEnd(RecordReader reader)
    {
        if (!reader.AtEnd) throw new InvalidDataException("An image goes on behind its end");
    }
}
