namespace ChatServer.Core;

/// <summary>One entry that some device of the user has not acknowledged. Its sequence number is its place in the tail.</summary>
/// <param name="Body">The record that holds its payload, held in the ledger.</param>
/// <param name="Time">Server time of the entry, milliseconds since 1970 UTC.</param>
/// <param name="AuthorSlot">The slot of the user's own device that wrote it, or <see cref="FromOther"/>.</param>
internal readonly record struct TailEntry(BodyRef Body, ulong Time, byte AuthorSlot)
{
    public const byte FromOther = byte.MaxValue;

    /// <summary>Counted in the sequence, shown to nobody here: its author's devices are gone.</summary>
    public bool IsHidden => Body.IsNone;

    public bool IsFromOther => AuthorSlot == FromOther;

#if MUTANTS
    public bool IsDueTo(int slot) => (AuthorSlot != slot || PlantedBugs.Active == PlantedBug.OwnEntriesPushed) && !IsHidden;
#else
    public bool IsDueTo(int slot) => AuthorSlot != slot && !IsHidden;
#endif
}
