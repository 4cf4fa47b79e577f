using System.Buffers;
using System.Numerics;

namespace ChatServer.Core;

/// <summary>
/// A first-in first-out list with access by position. Grows by doubling; the owner caps it. Long ones borrow their memory and give it
/// back when they are empty, so that a queue that fills and empties all the time allocates nothing, and one that is idle holds nothing.
/// A field of its owner, never copied; a reference to an item is good until the ring changes.
/// </summary>
internal struct Ring<T>
    where T : struct
{
    /// <summary>The smallest that is borrowed.</summary>
    private const int Borrowed = 16;

    /// <summary>The longest that an empty ring keeps.</summary>
    private const int Kept = 64;

    private T[]? _items;
    private int _first;

    public int Count { get; private set; }

    public readonly ref T this[int position]
    {
        get
        {
            Invariant.Holds(_items is not null && (uint)position < (uint)Count, "a position in a ring is below its count");
            return ref _items[(_first + position) & (_items.Length - 1)];
        }
    }

    public ref T Add(in T item)
    {
        var items = WithRoom();
        ref var place = ref items[(_first + Count) & (items.Length - 1)];
        place = item;
        Count++;
        return ref place;
    }

    /// <summary>Before all others.</summary>
    public void AddFirst(in T item)
    {
        var items = WithRoom();
        _first = (_first - 1) & (items.Length - 1);
        items[_first] = item;
        Count++;
    }

    public T RemoveFirst()
    {
        Invariant.Holds(_items is not null && Count > 0, "something is taken from a ring that holds something");
        ref var place = ref _items[_first];
        var item = place;
        place = default; // let go of what the item refers to
        _first = (_first + 1) & (_items.Length - 1);
        Count--;
        if (Count > 0) return item;
        _first = 0;
        if (_items.Length > Kept) GiveBack();
        return item;
    }

    public void Clear()
    {
        if (_items is not null) GiveBack();
        _first = 0;
        Count = 0;
    }

    private T[] WithRoom()
    {
        if (_items is not null && Count < _items.Length) return _items;
        var larger = Take(Count);
        for (var i = 0; i < Count; i++) larger[i] = this[i];
        if (_items is not null) GiveBack();
        _items = larger;
        _first = 0;
        return larger;
    }

    // More than there are: 1, 4, 16 and then twice as many each time.
    private static T[] Take(int count)
    {
        if (count < Borrowed / 4) return new T[count == 0 ? 1 : 4];
        var borrowed = ArrayPool<T>.Shared.Rent(Math.Max(Borrowed, count * 2));
        return BitOperations.IsPow2(borrowed.Length) ? borrowed : new T[Math.Max(Borrowed, count * 2)];
    }

    private void GiveBack()
    {
        if (_items is { Length: >= Borrowed }) ArrayPool<T>.Shared.Return(_items, clearArray: true);
        _items = null;
    }
}
