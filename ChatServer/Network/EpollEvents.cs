using System.Runtime.InteropServices;

namespace ChatServer.Network;

/// <summary>
/// The array of <c>struct epoll_event</c> that the kernel fills: a mask and 64 bits of ours, which x64 packs into 12 bytes and every
/// other architecture lays out in 16.
/// </summary>
internal sealed class EpollEvents(int capacity)
{
    /// <summary>Bytes of the largest layout.</summary>
    public const int MaxEntryBytes = 16;

    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EntryBytes = IsPacked ? 12 : MaxEntryBytes;
    private static readonly int DataOffset = IsPacked ? 4 : 8;

    private readonly byte[] _events = GC.AllocateArray<byte>(capacity * MaxEntryBytes, pinned: true);

    public static void Write(Span<byte> entry, uint mask, ulong data)
    {
        entry.Clear();
        MemoryMarshal.Write(entry, mask);
        MemoryMarshal.Write(entry[DataOffset..], data);
    }

    public (uint Mask, ulong Data) this[int index]
    {
        get
        {
            var entry = _events.AsSpan(index * EntryBytes, EntryBytes);
            return (MemoryMarshal.Read<uint>(entry), MemoryMarshal.Read<ulong>(entry[DataOffset..]));
        }
    }

    /// <summary>How many came, or a negative number: the error of the last call.</summary>
    public unsafe int Wait(int epoll, int milliseconds)
    {
        fixed (byte* events = _events) return LinuxCalls.EpollWait(epoll, events, capacity, milliseconds);
    }
}
