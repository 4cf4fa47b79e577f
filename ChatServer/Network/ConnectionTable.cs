using System.Collections;

namespace ChatServer.Network;

/// <summary>
/// The connections of a transport, each at a place. A place is used again under another key, so that what is told late of the
/// connection before is not taken for the one that has it now. Belongs to the loop.
/// </summary>
internal sealed class ConnectionTable : IReadOnlyCollection<Connection>
{
    private const int FirstPlaces = 64;

    private readonly Stack<int> _free = [];
    private (Connection? Connection, uint Generation)[] _places = new (Connection?, uint)[FirstPlaces];
    private int _used;

    public int Count => _used - _free.Count;

    public void Add(Connection connection)
    {
        if (!_free.TryPop(out var place)) place = _used++;
        // By a quarter: with a connection costing a few hundred bytes, half a table of empty places would count.
        if (place == _places.Length) Array.Resize(ref _places, place + (place / 4));
        _places[place] = (connection, _places[place].Generation + 1);
        connection.Stream.Place = place;
    }

    /// <summary>False: it is not here.</summary>
    public bool Remove(Connection connection)
    {
        var place = connection.Stream.Place;
        if (place < 0) return false;
        connection.Stream.Place = -1;
        _places[place].Connection = null;
        _free.Push(place);
        return true;
    }

    /// <summary>What names a stream's connection as long as it is here: its place, below the generation of it.</summary>
    public ulong KeyOf(ByteStream stream) => ((ulong)_places[stream.Place].Generation << 32) | (uint)stream.Place;

    /// <summary>Null: the one that had this key is not here any more.</summary>
    public Connection? Find(ulong key)
    {
        ref readonly var found = ref _places[(int)(uint)key];
        return found.Generation == (uint)(key >> 32) ? found.Connection : null;
    }

    public IEnumerator<Connection> GetEnumerator()
    {
        for (var place = 0; place < _used; place++)
        {
            if (_places[place].Connection is { } connection) yield return connection;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
