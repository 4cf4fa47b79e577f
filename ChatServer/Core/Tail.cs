using System.Runtime.InteropServices;

namespace ChatServer.Core;

/// <summary>
/// The entries of one conversation that some device has not acknowledged, in sequence up to the head. The oldest may be spilled: runs
/// of which only the outline is in memory, before all those that are in memory. A field of its owner, never copied.
/// </summary>
internal struct Tail
{
    private Ring<TailEntry> _entries;
    private List<SpilledRun>? _runs;
    private int _spilled;

    /// <summary>The newest entry, whether anybody waits for it or not.</summary>
    public ulong Head { get; set; }

    /// <summary>All entries, spilled or not.</summary>
    public readonly int Count => _entries.Count + _spilled;

    /// <summary>Entries in memory: the last ones.</summary>
    public readonly int CountInMemory => _entries.Count;

    /// <summary>The sequence of the first entry.</summary>
    public readonly ulong Start => Head - (ulong)Count + 1;

    /// <summary>Entries up to here are spilled; <see cref="Start"/> - 1 when none is.</summary>
    public readonly ulong SpilledUpTo => Head - (ulong)_entries.Count;

    /// <summary>From the oldest to the newest.</summary>
    public readonly ReadOnlySpan<SpilledRun> Runs => CollectionsMarshal.AsSpan(_runs);

    /// <summary>An entry in memory, by its sequence.</summary>
    public readonly ref TailEntry this[ulong sequence] => ref _entries[checked((int)(sequence - SpilledUpTo - 1))];

    /// <summary>The next one.</summary>
    public void Add(in TailEntry entry)
    {
        Head++;
        _entries.Add(entry);
    }

    /// <summary>One behind those that are there already, when a tail is made anew: the head stands where it was.</summary>
    public void Restore(in TailEntry entry) => _entries.Add(entry);

    public void Restore(in SpilledRun run)
    {
        (_runs ??= []).Add(run);
        _spilled += run.Count;
    }

    public TailEntry RemoveFirst()
    {
        Invariant.Holds(_spilled == 0, "the oldest entry is in memory");
        return _entries.RemoveFirst();
    }

    public SpilledRun RemoveFirstRun()
    {
        Invariant.Holds(_runs is { Count: > 0 }, "a run is spilled");
        var run = _runs[0];
        _runs.RemoveAt(0);
        Removed(run);
        return run;
    }

    /// <summary>The oldest entries in memory become the newest run.</summary>
    public void Spill(in SpilledRun run)
    {
        Invariant.Holds(run.First == SpilledUpTo + 1, "what is spilled are the oldest entries in memory");
        for (var i = 0; i < run.Count; i++) _entries.RemoveFirst();
        Restore(run);
    }

    /// <summary>The newest run is taken out; its entries are put before those in memory, the last one first.</summary>
    public SpilledRun TakeLastRun()
    {
        Invariant.Holds(_runs is { Count: > 0 }, "a run is spilled");
        var run = _runs[^1];
        _runs.RemoveAt(_runs.Count - 1);
        Removed(run);
        return run;
    }

    public void AddFirst(in TailEntry entry) => _entries.AddFirst(entry);

    private void Removed(in SpilledRun run)
    {
        _spilled -= run.Count;
        if (_runs is { Count: 0 }) _runs = null;
    }
}
