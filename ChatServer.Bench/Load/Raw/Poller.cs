using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Net.Sockets;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// epoll, with a timer of nanoseconds and a bell that other threads ring: one thread waits for all three. Each descriptor has a number
/// of the caller's. Linux only.
/// </summary>
internal sealed partial class Poller : IDisposable
{
    public const uint Readable = 1;
    public const uint Writable = 4;
    public const uint Broken = 8 | 16; // error, hang-up

    /// <summary>Told once when it begins, not as long as it lasts: a descriptor is named once, and read until it has no more.</summary>
    private const uint EdgeTriggered = 1U << 31;

    private const int EventsMax = 1_024;
    private const int Add = 1;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int Monotonic = 1;
    private const int Absolute = 1;
    private const int Interrupted = 4;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const uint TimerKey = uint.MaxValue;
    private const uint BellKey = uint.MaxValue - 1;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = DataOffset + 8;

    private readonly byte[] _events = GC.AllocateArray<byte>(EventsMax * EventBytes, pinned: true);
    private readonly int _epoll = Create(CloseOnExec);
    private readonly int _timer = CreateTimer(Monotonic, CloseOnExec | NonBlocking);
    private readonly int _bell = CreateBell(0, CloseOnExec | NonBlocking);
    private long _armed = long.MaxValue;

    public Poller()
    {
        if (_epoll < 0 || _timer < 0 || _bell < 0) throw new SocketException(Marshal.GetLastPInvokeError());
        Control(Add, _timer, TimerKey, Readable);
        Control(Add, _bell, BellKey, Readable);
    }

    /// <summary>
    /// From now on, until it is closed. An event that was taken before that may be met by what the number stands for next: it says no more
    /// than that reading or writing should be tried.
    /// </summary>
    public void Watch(int descriptor, int key) => Control(Add, descriptor, (uint)key, Readable | Writable | EdgeTriggered);

    /// <summary>Waits for events, the bell or the time, which is one of <see cref="System.Diagnostics.Stopwatch"/>; how many events there are.</summary>
    public unsafe int Wait(long until, long now)
    {
        if (until > now) Arm(until);
        int count;
        fixed (byte* events = _events) count = Wait(_epoll, events, EventsMax, until > now ? -1 : 0);
        return count >= 0 ? count : Marshal.GetLastPInvokeError() == Interrupted ? 0 : throw new SocketException(Marshal.GetLastPInvokeError());
    }

    /// <summary>The number of the event's descriptor and what it is; false: the timer or the bell.</summary>
    public unsafe bool TryTake(int index, out int key, out uint what)
    {
        var one = _events.AsSpan(index * EventBytes, EventBytes);
        what = BinaryPrimitives.ReadUInt32LittleEndian(one);
        var data = BinaryPrimitives.ReadUInt32LittleEndian(one[DataOffset..]);
        key = (int)data;
        if (data < BellKey) return true;
        ulong count;
        _ = Read(data == TimerKey ? _timer : _bell, &count, sizeof(ulong));
        if (data == TimerKey) _armed = long.MaxValue;
        return false;
    }

    /// <summary>Any thread: ends a wait.</summary>
    public unsafe void Ring()
    {
        ulong one = 1;
        _ = Write(_bell, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        foreach (var descriptor in (int[])[_epoll, _timer, _bell]) _ = Close(descriptor);
    }

    // An earlier time than was asked for wakes once for nothing; setting it again each turn would cost more.
    private unsafe void Arm(long until)
    {
        if (_armed <= until) return;
        _armed = until;
        var setting = stackalloc long[4];
        (setting[0], setting[1]) = (0, 0);
        (setting[2], setting[3]) = (until / NanosecondsPerSecond, until % NanosecondsPerSecond);
        _ = SetTimer(_timer, Absolute, setting, null);
    }

    private unsafe void Control(int act, int descriptor, uint key, uint what)
    {
        Span<byte> one = stackalloc byte[16];
        one.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(one, what);
        BinaryPrimitives.WriteUInt32LittleEndian(one[DataOffset..], key);
        fixed (byte* bytes = one)
        {
            if (Control(_epoll, act, descriptor, bytes) != 0) throw new SocketException(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int Control(int epoll, int act, int descriptor, byte* one);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static unsafe partial int Wait(int epoll, byte* events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    private static partial int CreateTimer(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    private static unsafe partial int SetTimer(int timer, int flags, long* setting, long* before);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int CreateBell(uint count, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int descriptor, void* bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(int descriptor, void* bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
