namespace ChatServer.Core;

/// <summary>
/// A first-in first-out list with access by position. Grows by doubling and never shrinks below its content; the owner caps it. A field of its
/// owner, never copied.
/// </summary>
internal struct Ring<T>
    where T : struct
{
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
        if (--Count == 0 && _items.Length > 64) _items = null; // an emptied long queue gives its memory back
        if (Count == 0) _first = 0;
        return item;
    }

    public void Clear()
    {
        _items = null;
        _first = 0;
        Count = 0;
    }

    private T[] WithRoom()
    {
        if (_items is not null && Count < _items.Length) return _items;
        var larger = new T[Math.Max(1, Count * 2)];
        for (var i = 0; i < Count; i++) larger[i] = this[i];
        _items = larger;
        _first = 0;
        return larger;
    }
}
