using ChatServer.Network;

namespace ChatServer.Tests.Simulation;

/// <summary>The server's end of a link, as a connection sees it. A kernel's send buffer takes what fits.</summary>
internal sealed class SimulatedStream : ByteStream
{
    private readonly SimulatedLink _link;
    private readonly SimulationRandom _random;
    private readonly Action _boundary;
    private bool _isAwaiting;
    private byte[] _rest = [];
    private int _restStart;
    private bool _isSending;

    public SimulatedStream(SimulatedLink link, SimulationRandom random, Action boundary)
    {
        _link = link;
        _random = random;
        _boundary = boundary;
        link.Up.Arrived = TellReadable;
        link.Down.Emptied = GoOnSending;
    }

    public SimulatedLink Link => _link;

    private bool IsReadable => _link.Up.Readable > 0 || _link.Up.HasEnded || _link.Up.IsBroken;

    public override StreamStatus Receive(Span<byte> destination, out int bytes)
    {
        bytes = 0;
        if (_link.Up.IsBroken) return StreamStatus.Failed;
        if (_link.Up.Readable == 0) return _link.Up.HasEnded ? StreamStatus.Ended : StreamStatus.NotNow;
        // Now and then less than there is, as a kernel may give.
        var most = _random.Next(4) == 0 ? 1 + _random.Next(destination.Length) : destination.Length;
        bytes = _link.Up.Read(destination[..most]);
        return StreamStatus.Done;
    }

    public override StreamStatus Send(ReadOnlySpan<byte> bytes, out int sent)
    {
        _boundary();
        sent = 0;
        if (_link.Up.IsBroken) return StreamStatus.Failed;
        sent = _link.Down.Write(bytes);
        return sent == 0 ? StreamStatus.NotNow : StreamStatus.Done;
    }

    public override void AwaitReadable()
    {
        _isAwaiting = true;
        TellReadable();
    }

    public override void SendInBackground(byte[] bytes)
    {
        if (_isSending) throw new InvalidOperationException("One send at a time");
        _isSending = true;
        _rest = bytes;
        _restStart = 0;
        GoOnSending();
    }

    public override bool EndSending()
    {
        if (_link.Up.IsBroken) return false;
        _link.Down.End();
        return true;
    }

    public override void Dispose() => _link.CloseByServer();

    private void TellReadable()
    {
        // A break ends what is being sent, too.
        if (_link.Up.IsBroken && _isSending) EndBackground(succeeded: false);
        if (!_isAwaiting || !IsReadable) return;
        _isAwaiting = false;
        Owner?.HasBecomeReadable();
    }

    private void GoOnSending()
    {
        if (!_isSending) return;
        _restStart += _link.Down.Write(_rest.AsSpan(_restStart));
        if (_restStart == _rest.Length) EndBackground(succeeded: true);
    }

    private void EndBackground(bool succeeded)
    {
        _isSending = false;
        Owner?.HasSent(succeeded);
    }
}
