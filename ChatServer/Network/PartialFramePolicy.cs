using Microsoft.Extensions.ObjectPool;

namespace ChatServer.Network;

internal sealed class PartialFramePolicy : PooledObjectPolicy<PartialFrame>
{
    public override PartialFrame Create() => new();

    public override bool Return(PartialFrame obj)
    {
        obj.Reset();
        return true;
    }
}
