using System.Diagnostics.CodeAnalysis;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// A user's conversations in the order they came about, found by the other user's id. Most users have a few, which are looked through;
/// only beyond that is there a table. A field of its owner, never copied.
/// </summary>
internal struct MembershipList
{
    /// <summary>So many are looked through: about as long as computing one hash.</summary>
    private const int LookedThrough = 8;

    private Membership[]? _items;
    private Dictionary<UserId, Membership>? _byOther;

    public int Count { get; private set; }

    /// <summary>In their order.</summary>
    public readonly ReadOnlySpan<Membership> All => _items.AsSpan(0, Count);

    public readonly Membership this[int place] => All[place];

    /// <summary>One that has to be there.</summary>
    public readonly Membership this[UserId other] =>
        TryGet(other, out var membership) ? membership : throw new InvalidDataException($"A record names a conversation with '{other}', which never began");

    public readonly bool TryGet(UserId other, [NotNullWhen(true)] out Membership? membership)
    {
        if (_byOther is not null) return _byOther.TryGetValue(other, out membership);
        foreach (var item in All)
        {
            if (item.Other != other) continue;
            membership = item;
            return true;
        }

        membership = null;
        return false;
    }

    /// <summary>One that is not there.</summary>
    public void Add(Membership membership)
    {
        if (_items is null) _items = new Membership[1];
        else if (Count == _items.Length) Array.Resize(ref _items, Count * 2);
        _items[Count++] = membership;
        if (_byOther is null && Count > LookedThrough)
        {
            _byOther = [];
            foreach (var item in All) _byOther.Add(item.Other, item);
        }
        else
        {
            _byOther?.Add(membership.Other, membership);
        }
    }
}
