using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChatServer.Network;

/// <summary>
/// The transport for Linux: the loop's own epoll names what is ready, and no other thread takes part. A descriptor is registered
/// once, edge-triggered; an eventfd ends a wait, and is written only while the loop waits.
/// </summary>
internal sealed class EpollTransport : ListeningTransport
{
    private const int EventsPerWait = 384;
    private const ulong WakeData = ulong.MaxValue;
    private const ulong ListenData = ulong.MaxValue - 1;

    private const int Running = 0;
    private const int Waiting = 1;
    private const int Woken = 2;

    private readonly EpollEvents _events = new(EventsPerWait);
    private readonly SafeFileHandle _wake;
    private int _epoll;
    private int _found;
    private int _given;
    private int _state;

    public EpollTransport(TransportOptions options, TimeProvider time)
        : base(options, time)
    {
        _epoll = LinuxCalls.EpollCreate(LinuxCalls.CloseOnExec);
        if (_epoll < 0) throw new SocketException(Marshal.GetLastPInvokeError());
        _wake = LinuxCalls.EventDescriptor(0, LinuxCalls.NonBlockingCloseOnExec);
        if (_wake.IsInvalid) throw new SocketException(Marshal.GetLastPInvokeError());
        Register((int)_wake.DangerousGetHandle(), LinuxCalls.Readable | LinuxCalls.EdgeTriggered, WakeData);
    }

    protected override bool HasReady => base.HasReady || _given < _found;

    public override unsafe void Wake()
    {
        if (Interlocked.Exchange(ref _state, Woken) != Waiting) return;
        try
        {
            var one = 1UL;
            _ = LinuxCalls.Write(_wake, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended meanwhile: nobody waits.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        if (_epoll < 0) return;
        _wake.Dispose();
        _ = LinuxCalls.Close(_epoll);
        _epoll = -1;
    }

    /// <summary>A stream that lives here from now on. What it has already to tell, the kernel tells at the next wait.</summary>
    internal void Watch(EpollStream stream) => Register(
        stream.Descriptor,
        LinuxCalls.Readable | LinuxCalls.Writable | LinuxCalls.PeerEnded | LinuxCalls.EdgeTriggered,
        Open.KeyOf(stream));

    /// <summary>The stream closes or goes to another transport.</summary>
    internal unsafe void Forget(EpollStream stream) => _ = LinuxCalls.EpollControl(_epoll, LinuxCalls.Remove, stream.Descriptor, null);

    protected override void Wait(TimeSpan timeout)
    {
        if (_given < _found) return; // an edge is told once: first what the last wait found
        var milliseconds = WaitMilliseconds(timeout);
        // Who was woken since the last wait began does not wait; who wakes from here on writes.
        if (milliseconds > 0 && Interlocked.CompareExchange(ref _state, Waiting, Running) != Running) milliseconds = 0;
        _given = 0;
        _found = _events.Wait(_epoll, milliseconds);
        if (_found < 0 && Marshal.GetLastPInvokeError() is not LinuxCalls.Interrupted and var error) throw new SocketException(error);
    }

    protected override void BeginPoll() => Interlocked.Exchange(ref _state, Running);

    protected override int Harvest(Span<PollEvent> events)
    {
        var count = 0;
        var most = events.Length * 3 / 4; // the rest is for who comes, and for what connections announce themselves
        while (_given < _found && count < most)
        {
            var (mask, data) = _events[_given++];
            if (data == WakeData) continue; // never read: each write is an edge
            if (data == ListenData) AcceptIsReady();
            else if (Open.Find(data) is { Stream: EpollStream stream } connection && stream.Notice(mask))
            {
                var readable = new PollEvent(connection, PollEventKind.Readable);
                if (IsForLoop(in readable)) events[count++] = readable;
            }
        }

        return count;
    }

    protected override void BeginAccepting(Socket listener)
    {
        listener.Blocking = false;
        listener.NoDelay = true; // what it accepts has it from here
        Register((int)listener.Handle, LinuxCalls.Readable | LinuxCalls.EdgeTriggered, ListenData);
    }

    protected override unsafe AcceptStatus TryAccept(Socket listener, out ByteStream? stream, out IPEndPoint? remote)
    {
        const int AddressBytes = 28;
        var address = stackalloc byte[AddressBytes];
        var length = AddressBytes;
        stream = null;
        remote = null;
        var descriptor = LinuxCalls.Accept((int)listener.Handle, address, &length, LinuxCalls.NonBlockingCloseOnExec);
        if (descriptor >= 0)
        {
            stream = new EpollStream(descriptor);
            remote = RemoteOf(new ReadOnlySpan<byte>(address, length));
            return AcceptStatus.Accepted;
        }

        var error = Marshal.GetLastPInvokeError();
        if (error == LinuxCalls.TryAgain) return AcceptStatus.NoneLeft;
        if (error is LinuxCalls.Interrupted or LinuxCalls.ConnectionAborted) return AcceptStatus.Gone;
        Diagnostics.Log.AcceptFault(new SocketException(error));
        return AcceptStatus.Failed;
    }

    // sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)).
    private static IPEndPoint RemoteOf(ReadOnlySpan<byte> address)
    {
        var port = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return new IPEndPoint(address.Length < 28 ? new IPAddress(address.Slice(4, 4)) : new IPAddress(address.Slice(8, 16)), port);
    }

    private unsafe void Register(int descriptor, uint mask, ulong data)
    {
        var entry = stackalloc byte[EpollEvents.MaxEntryBytes];
        EpollEvents.Write(new Span<byte>(entry, EpollEvents.MaxEntryBytes), mask, data);
        if (LinuxCalls.EpollControl(_epoll, LinuxCalls.Add, descriptor, entry) != 0) throw new SocketException(Marshal.GetLastPInvokeError());
    }
}
