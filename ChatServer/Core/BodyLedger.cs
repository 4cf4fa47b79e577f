using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ChatServer.Core;

/// <summary>
/// Counts who still needs the payloads of each section or cold file: tails, pending sends, lane records. What nobody counts any more
/// can leave memory and the log, or be removed.
/// </summary>
internal sealed class BodyLedger
{
    private readonly Dictionary<ulong, int> _users = [];
    private readonly SortedDictionary<int, long> _coldBytes = [];
    private readonly Queue<ulong> _freed = [];

    public int LiveSections => _users.Count;

    public bool IsLive(ulong section) => _users.ContainsKey(section);

    /// <summary>How many need it; for checks.</summary>
    public int HoldsOf(ulong section) => _users.GetValueOrDefault(section);

    /// <summary>Bytes of records that are needed of each cold file.</summary>
    public void AddColdBytes(Dictionary<int, long> bytesOfFile)
    {
        foreach (var (file, bytes) in _coldBytes) CollectionsMarshal.GetValueRefOrAddDefault(bytesOfFile, file, out _) += bytes;
    }

    /// <summary>Everything that is needed: numbers of sections, and cold files as <see cref="BodyRef"/> names them.</summary>
    public IReadOnlyCollection<ulong> Live => _users.Keys;

    public void Hold(BodyRef body) => Hold(body, 1, body.Record.Length);

    /// <summary>Several of one section or file at once; as <see cref="Release(BodyRef, int, long)"/>.</summary>
    public void Hold(BodyRef body, int count, long bytes)
    {
        ref var users = ref CollectionsMarshal.GetValueRefOrAddDefault(_users, body.Section, out _);
        users += count;
        if (body.IsCold) _coldBytes[body.ColdFile] = _coldBytes.GetValueOrDefault(body.ColdFile) + bytes;
    }

    public void Release(BodyRef body) => Release(body, 1, body.Record.Length);

    /// <summary>Several of one section or file at once.</summary>
    /// <param name="body">Any of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="bytes">The lengths of their records.</param>
    public void Release(BodyRef body, int count, long bytes)
    {
        ref var users = ref CollectionsMarshal.GetValueRefOrNullRef(_users, body.Section);
        Invariant.Holds(!Unsafe.IsNullRef(ref users), "a released body was held");
        if (body.IsCold) _coldBytes[body.ColdFile] -= bytes;
        users -= count;
        Invariant.Holds(users >= 0, "no more is released than was held");
        if (users > 0) return;
        if (body.IsCold) _coldBytes.Remove(body.ColdFile);
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
