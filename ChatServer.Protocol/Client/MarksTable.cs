using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// The latest marks of others that the application has not taken yet: one a conversation and user, however many came. Their version
/// is acknowledged when it has taken them. Not thread-safe; guarded by the client's lock.
/// </summary>
internal sealed class MarksTable
{
    private readonly Dictionary<(WireConversation Conversation, UserId User), Mark> _waiting = [];
    private ulong _flushed;
    private ulong _told;

    /// <summary>The version of the last marks that came.</summary>
    public ulong Version { get; private set; }

    /// <summary>The version of the last marks that the application has taken; the store has been told.</summary>
    public ulong Taken { get; private set; }

    public bool HasChanged => Taken != _flushed;

    /// <summary>The version to acknowledge: the store has flushed it.</summary>
    public ulong Kept => _flushed;

    public bool MustTell => _told != _flushed;

    public void Recover(ulong version) => (Version, Taken, _flushed, _told) = (version, version, version, version);

    /// <summary>A session is open; Hello has told the version.</summary>
    public void Open() => _told = _flushed;

    /// <summary>Another history: its versions begin anew.</summary>
    public void Forget()
    {
        _waiting.Clear();
        Recover(0);
    }

    /// <summary>Whether there is something to take.</summary>
    public bool OnMarks(in MarksFrame frame)
    {
        Version = Math.Max(Version, frame.Version);
        foreach (var item in frame.Items)
        {
            var key = (item.Conversation, item.User);
            var (delivered, read) = (item.DeliveredUpTo, item.ReadUpTo);
            if (_waiting.TryGetValue(key, out var before))
                (delivered, read) = (Math.Max(delivered, before.DeliveredUpTo), Math.Max(read, before.ReadUpTo));
            _waiting[key] = new Mark(item.Conversation, item.User, delivered, read);
        }

        return Version != Taken;
    }

    /// <summary>All that wait; when the application is through with them, it has taken this version.</summary>
    public (Mark[] Marks, ulong Version) Take()
    {
        Mark[] marks = [.. _waiting.Values];
        _waiting.Clear();
        return (marks, Version);
    }

    /// <summary>Whether that is news.</summary>
    public bool OnTaken(ulong version)
    {
        // After a change of history the version may be one of the old history.
        if (version <= Taken || version > Version) return false;
        Taken = version;
        return true;
    }

    public void OnFlushed(ulong taken) => _flushed = Math.Max(_flushed, Math.Min(taken, Taken));

    public void OnTold() => _told = _flushed;
}
