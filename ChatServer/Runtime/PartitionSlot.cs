using ChatServer.Core;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>One partition at its loop, with its chain of sections.</summary>
internal sealed class PartitionSlot(Partition partition, ICommitLog log, ColdFiles? cold = null)
{
    public Partition Partition { get; } = partition;

    public StoredSections Stored { get; } = new(log, cold);

    /// <summary>Where its sections come from: its loop's.</summary>
    public SectionPool Sections { get; set; } = new();

    public ulong LastSection { get; private set; }

    public UInt128 LastHash { get; private set; }

    /// <summary>Where an image that is taken now stands. Between two drains.</summary>
    public PartitionPlace Place
    {
        get
        {
            Invariant.Holds(!IsEntered, "an image is taken between two drains");
            return new PartitionPlace(LastSection, LastHash, Stored.Addresses());
        }
    }

    /// <summary>Takes part in the drain under way.</summary>
    public bool IsEntered => Partition.Section is not null;

    public void Enter()
    {
        if (!IsEntered) Partition.Section = Sections.Rent(Partition.Id, LastSection + 1, LastHash);
    }

    /// <summary>The drain's batch is in the log, or there was nothing to log.</summary>
    public void Leave(SectionAddress address, ulong batch)
    {
        var section = Partition.Section ?? throw new InvalidOperationException("A partition leaves a drain it entered");
        Partition.Section = null;
        if (section.RecordCount == 0)
        {
            Sections.Return(section);
            return;
        }

        LastSection = section.Number;
        LastHash = section.Seal();
        // What was needed and freed within the drain may still be said by it: it stays until the drain's outputs are out.
        var isStored = Partition.State.Bodies.IsLive(section.Number);
        if (isStored) Stored.Add(section.Number, batch, address, section);
        while (Partition.State.Bodies.TryTakeFreed(out var freed))
        {
            if (freed == section.Number && !isStored)
            {
                isStored = true;
                Stored.Add(freed, batch, address, section);
            }

            Stored.Free(freed, batch);
        }

        if (!isStored) Sections.Return(section);
    }

    /// <summary>Recovery: where the chain stands, and where the sections are that somebody needs.</summary>
    public void Recovered(PartitionPlace place)
    {
        LastSection = place.LastSection;
        LastHash = place.LastHash;
        foreach (var (number, address) in place.Needed) Stored.Add(number, 0, address, null);
    }
}
