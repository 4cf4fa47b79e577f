using System.Net.Sockets;
using System.Runtime.InteropServices;
using ChatServer.Network;
using Microsoft.Win32.SafeHandles;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// epoll, with a timer of nanoseconds and a bell that other threads ring: one thread waits for all three. Each descriptor has a number
/// of the caller's. Linux only.
/// </summary>
internal sealed partial class Poller : IDisposable
{
    public const uint Readable = LinuxCalls.Readable;
    public const uint Writable = LinuxCalls.Writable;
    public const uint Broken = LinuxCalls.Failed | LinuxCalls.HungUp;

    private const int EventsMax = 1_024;
    private const int Monotonic = 1;
    private const int Absolute = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const uint TimerKey = uint.MaxValue;
    private const uint BellKey = uint.MaxValue - 1;

    private readonly EpollEvents _events = new(EventsMax);
    private readonly int _epoll = LinuxCalls.EpollCreate(LinuxCalls.CloseOnExec);
    private readonly int _timer = CreateTimer(Monotonic, LinuxCalls.NonBlockingCloseOnExec);
    private readonly SafeFileHandle _bell = LinuxCalls.EventDescriptor(0, LinuxCalls.NonBlockingCloseOnExec);
    private long _armed = long.MaxValue;

    public Poller()
    {
        if (_epoll < 0 || _timer < 0 || _bell.IsInvalid) throw new SocketException(Marshal.GetLastPInvokeError());
        Add(_timer, TimerKey, Readable);
        Add((int)_bell.DangerousGetHandle(), BellKey, Readable | LinuxCalls.EdgeTriggered); // never read: each ring is an edge
    }

    /// <summary>
    /// From now on, until it is closed. An event that was taken before that may be met by what the number stands for next: it says no more
    /// than that reading or writing should be tried.
    /// </summary>
    public void Watch(int descriptor, int key) => Add(descriptor, (uint)key, Readable | Writable | LinuxCalls.EdgeTriggered);

    /// <summary>Waits for events, the bell or the time, which is one of <see cref="System.Diagnostics.Stopwatch"/>; how many events there are.</summary>
    public int Wait(long until, long now)
    {
        if (until > now) Arm(until);
        var count = _events.Wait(_epoll, until > now ? -1 : 0);
        return count >= 0 ? count : Marshal.GetLastPInvokeError() == LinuxCalls.Interrupted ? 0 : throw new SocketException(Marshal.GetLastPInvokeError());
    }

    /// <summary>The number of the event's descriptor and what it is; false: the timer or the bell.</summary>
    public unsafe bool TryTake(int index, out int key, out uint what)
    {
        (what, var data) = _events[index];
        key = (int)data;
        if (data < BellKey) return true;
        if (data != TimerKey) return false;
        ulong count;
        _ = Read(_timer, &count, sizeof(ulong));
        _armed = long.MaxValue;
        return false;
    }

    /// <summary>Any thread: ends a wait.</summary>
    public unsafe void Ring()
    {
        ulong one = 1;
        _ = LinuxCalls.Write(_bell, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _bell.Dispose();
        _ = LinuxCalls.Close(_timer);
        _ = LinuxCalls.Close(_epoll);
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

    private unsafe void Add(int descriptor, uint key, uint what)
    {
        var one = stackalloc byte[EpollEvents.MaxEntryBytes];
        EpollEvents.Write(new Span<byte>(one, EpollEvents.MaxEntryBytes), what, key);
        if (LinuxCalls.EpollControl(_epoll, LinuxCalls.Add, descriptor, one) != 0) throw new SocketException(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    private static partial int CreateTimer(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    private static unsafe partial int SetTimer(int timer, int flags, long* setting, long* before);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int descriptor, void* bytes, nuint length);
}
