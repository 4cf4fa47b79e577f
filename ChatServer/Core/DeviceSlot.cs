namespace ChatServer.Core;

/// <summary>
/// One of the places a user has for devices, with what waits for it. A user without devices keeps one slot active all the same: the
/// placeholder, whose cursors the first device inherits.
/// </summary>
internal struct DeviceSlot
{
    public Device? Device { get; set; }

    public bool Active { get; set; }

    public int WaitingEntries { get; set; }

    public long WaitingBytes { get; set; }

    public readonly bool IsUnused => Device is null && !Active && WaitingEntries == 0 && WaitingBytes == 0;

    public readonly bool IsFull(CoreLimits limits) => WaitingEntries >= limits.OutboxEntries || WaitingBytes >= limits.OutboxBytes;
}
