using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ChatServer.Protocol.Wire;

/// <summary>
/// A list in a frame. One that was read is the checked bytes of the body and is decoded again while it is enumerated, so that
/// reading a receipt allocates nothing; it lives as long as the body does. One that is to be written is the caller's memory.
/// </summary>
/// <typeparam name="T">The element.</typeparam>
[CollectionBuilder(typeof(FrameLists), nameof(FrameLists.Create))]
public readonly struct FrameList<T> : IEquatable<FrameList<T>>
    where T : struct, IFrameItem<T>
{
    private readonly ReadOnlyMemory<T> _items;
    private readonly ReadOnlyMemory<byte> _encoded;

    internal FrameList(ReadOnlyMemory<T> items)
    {
        _items = items;
        Count = items.Length;
    }

    /// <param name="encoded">Elements that have been read once without a fault.</param>
    /// <param name="count">How many.</param>
    internal FrameList(ReadOnlyMemory<byte> encoded, int count)
    {
        _encoded = encoded;
        Count = count;
    }

    /// <summary>How many elements.</summary>
    public int Count { get; }

    internal int MaxBytes
    {
        get
        {
            var bytes = FrameWriter.MaxArrayBytes;
            foreach (var item in this) bytes += item.MaxBytes;
            return bytes;
        }
    }

    /// <summary>The caller's memory as a list to be written, without a copy.</summary>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "FrameLists.Over is the named one.")]
    public static implicit operator FrameList<T>(ReadOnlyMemory<T> items) => new(items);

    /// <summary>The caller's array as a list to be written, without a copy.</summary>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "FrameLists.Over is the named one.")]
    public static implicit operator FrameList<T>(T[] items) => new(items);

    /// <summary>Whether both have the same elements in the same order.</summary>
    public static bool operator ==(FrameList<T> left, FrameList<T> right) => left.Equals(right);

    /// <summary>Whether they differ in an element.</summary>
    public static bool operator !=(FrameList<T> left, FrameList<T> right) => !left.Equals(right);

    /// <summary>The elements in order.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>A copy that outlives the body.</summary>
    public T[] ToArray()
    {
        var items = new T[Count];
        var index = 0;
        foreach (var item in this) items[index++] = item;
        return items;
    }

    /// <inheritdoc/>
    public bool Equals(FrameList<T> other)
    {
        if (Count != other.Count) return false;
        var others = other.GetEnumerator();
        foreach (var item in this)
        {
            if (!others.MoveNext() || !item.Equals(others.Current)) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FrameList<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Count;

    /// <summary>Walks a list.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<T> _items;
        private readonly bool _decodes;
        private FrameReader _reader;
        private int _index;

        internal Enumerator(FrameList<T> list)
        {
            _items = list._items.Span;
            _decodes = _items.IsEmpty;
            _reader = FrameReader.OverElements(list._encoded, list.Count);
            _index = -1;
        }

        /// <summary>The element here.</summary>
        public T Current { get; private set; }

        /// <summary>Goes to the next element; false after the last.</summary>
        public bool MoveNext()
        {
            if (_decodes)
            {
                if (!_reader.More) return false;
                Current = T.Read(ref _reader);
                return true;
            }

            if (++_index >= _items.Length) return false;
            Current = _items[_index];
            return true;
        }
    }
}
