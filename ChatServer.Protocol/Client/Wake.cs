using System.Threading.Channels;

namespace ChatServer.Protocol.Client;

/// <summary>Wakes one waiting loop; wakes that come while it is busy are one. Any thread.</summary>
internal sealed class Wake
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });

    public void Set() => _signal.Writer.TryWrite(true);

    public async ValueTask WaitAsync(CancellationToken cancellation) => await _signal.Reader.ReadAsync(cancellation);
}
