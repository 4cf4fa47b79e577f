using System.Runtime.InteropServices;

namespace ChatServer.Network;

/// <summary>
/// A stream over a descriptor that an epoll watches, edge-triggered and registered once for both directions: waiting costs no call. All
/// of it belongs to the loop.
/// </summary>
internal sealed class EpollStream(int descriptor) : ByteStream
{
    // An edge tells once. What it told stays true until a receive has found the end of what is there.
    private bool _mayHaveMore;
    private bool _hasEnded;
    private byte[] _background = [];
    private int _backgroundSent;
    private bool _isWatched;
    private bool _isDisposed;

    public int Descriptor { get; } = descriptor;

    public override unsafe StreamStatus Receive(Span<byte> destination, out int bytes)
    {
        nint received;
        fixed (byte* start = destination)
        {
            do received = LinuxCalls.Receive(Descriptor, start, (nuint)destination.Length, 0);
            while (received < 0 && Marshal.GetLastPInvokeError() == LinuxCalls.Interrupted);
        }

        bytes = (int)Math.Max(0, received);
        _mayHaveMore = bytes == destination.Length;
        if (received > 0) return StreamStatus.Done;
        if (received == 0) return StreamStatus.Ended;
        return Marshal.GetLastPInvokeError() == LinuxCalls.TryAgain ? StreamStatus.NotNow : StreamStatus.Failed;
    }

    public override unsafe StreamStatus Send(ReadOnlySpan<byte> bytes, out int sent)
    {
        nint taken;
        fixed (byte* start = bytes)
        {
            do taken = LinuxCalls.Send(Descriptor, start, (nuint)bytes.Length, LinuxCalls.NoSignal);
            while (taken < 0 && Marshal.GetLastPInvokeError() == LinuxCalls.Interrupted);
        }

        sent = (int)Math.Max(0, taken);
        if (taken >= 0) return StreamStatus.Done;
        return Marshal.GetLastPInvokeError() == LinuxCalls.TryAgain ? StreamStatus.NotNow : StreamStatus.Failed;
    }

    public override void AwaitReadable()
    {
        // The end is told once too, and what came before it may have been received by a call that knew nothing of it.
        if (_mayHaveMore || _hasEnded) Owner?.HasBecomeReadable();
    }

    public override void SendInBackground(byte[] bytes)
    {
        _background = bytes;
        _backgroundSent = 0;
        SendOn();
    }

    public override bool EndSending() => LinuxCalls.Shutdown(Descriptor, LinuxCalls.ShutdownWrite) == 0;

    public override void MoveTo(Transport? transport)
    {
        Unwatch();
        if (transport is not EpollTransport epoll) return;
        epoll.Watch(this);
        _isWatched = true;
    }

    /// <summary>The kernel has something to tell. True: the owner waits for it, and is to be told that it can receive.</summary>
    public bool Notice(uint mask)
    {
        const uint End = LinuxCalls.PeerEnded | LinuxCalls.HungUp | LinuxCalls.Failed;
        if ((mask & End) != 0) _hasEnded = true;
        if ((mask & (LinuxCalls.Writable | LinuxCalls.HungUp | LinuxCalls.Failed)) != 0 && _background.Length > 0) SendOn();
        if ((mask & (LinuxCalls.Readable | End)) == 0) return false;
        _mayHaveMore = true;
        return Owner?.TryDisarm() == true;
    }

    public override void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Unwatch();
        _ = LinuxCalls.Close(Descriptor);
    }

    // Its owner names the transport that it leaves until it has come to another.
    private void Unwatch()
    {
        if (_isWatched && Owner?.Transport is EpollTransport epoll) epoll.Forget(this);
        _isWatched = false;
    }

    private void SendOn()
    {
        while (_backgroundSent < _background.Length)
        {
            var status = Send(_background.AsSpan(_backgroundSent), out var sent);
            if (status == StreamStatus.NotNow) return; // the kernel tells when it has room
            if (status == StreamStatus.Failed)
            {
                _background = [];
                Owner?.HasSent(false);
                return;
            }

            _backgroundSent += sent;
        }

        _background = [];
        Owner?.HasSent(true);
    }
}
