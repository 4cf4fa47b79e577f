using System.Globalization;

namespace ChatServer.Protocol.Wire;

/// <summary>
/// A conversation as one user's client names it: a string is the direct conversation with that user, an unsigned integer is a
/// group. The same direct conversation has another name at its other end. The default value names none.
/// </summary>
public readonly record struct WireConversation
{
    private WireConversation(UserId user, ulong group)
    {
        User = user;
        Group = group;
    }

    /// <summary>The other user of a direct conversation; no id for a group.</summary>
    public UserId User { get; }

    /// <summary>The id of a group, 1 or above; 0 for a direct conversation.</summary>
    public ulong Group { get; }

    /// <summary>Whether this names a group.</summary>
    public bool IsGroup => Group != 0;

    /// <summary>Whether this is the default value, which names no conversation.</summary>
    public bool IsNone => Group == 0 && User.IsNone;

    /// <summary>The direct conversation with a user.</summary>
    public static WireConversation Direct(UserId user) => new(user, 0);

    /// <summary>A group.</summary>
    public static WireConversation OfGroup(ulong group) => new(default, group);

    /// <inheritdoc/>
    public override string ToString() => IsGroup ? Group.ToString(CultureInfo.InvariantCulture) : User.Value;
}
