namespace ChatServer.Core;

/// <summary>
/// Counts who still needs the payloads of each section: tails, pending sends, lane records. What nobody counts any more can leave
/// memory, and later the log.
/// </summary>
internal sealed class BodyLedger
{
    private readonly Dictionary<ulong, int> _users = [];
    private readonly Queue<ulong> _freed = [];

    public int LiveSections => _users.Count;

    public bool IsLive(ulong section) => _users.ContainsKey(section);

    /// <summary>How many need it; for checks.</summary>
    public int HoldsOf(ulong section) => _users.GetValueOrDefault(section);

    public void Hold(BodyRef body)
    {
        ref var users = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_users, body.Section, out _);
        users++;
    }

    public void Release(BodyRef body)
    {
        ref var users = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(_users, body.Section);
        Invariant.Holds(!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref users), "a released body was held");
        if (--users > 0) return;
        _users.Remove(body.Section);
        _freed.Enqueue(body.Section);
    }

    /// <summary>Sections that nobody needs any more; each is reported once. One that is held again meanwhile is not reported.</summary>
    public bool TryTakeFreed(out ulong section)
    {
        while (_freed.TryDequeue(out section))
        {
            if (!IsLive(section)) return true;
        }

        return false;
    }
}
