using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChatServer.Network;

/// <summary>
/// The calls of Linux that the epoll transport is made of (epoll(7), eventfd(2), accept4(2)). None of them blocks but
/// <see cref="EpollWait"/>. Descriptors are plain numbers: one owner closes each.
/// </summary>
internal static partial class LinuxCalls
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;
    public const uint Failed = 0x8;
    public const uint HungUp = 0x10;
    public const uint PeerEnded = 0x2000;
    public const uint EdgeTriggered = 1U << 31;

    public const int Add = 1;
    public const int Remove = 2;

    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int ConnectionAborted = 103;

    public const int NonBlockingCloseOnExec = 0x800 | 0x80000; // the same for accept4 and eventfd
    public const int CloseOnExec = 0x80000;
    public const int NoSignal = 0x4000;
    public const int ShutdownWrite = 1;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static unsafe partial int EpollControl(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int EpollWait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial SafeFileHandle EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(SafeFileHandle descriptor, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static unsafe partial int Accept(int listener, byte* address, int* addressLength, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static unsafe partial nint Receive(int descriptor, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static unsafe partial nint Send(int descriptor, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);
}
