using System.Collections.Immutable;
using System.Net;

namespace ChatServer.Network;

/// <summary>Networks that the operator exempts from rates.</summary>
internal sealed class TrustedSources(ImmutableArray<IPNetwork> networks)
{
    public static TrustedSources None { get; } = new([]);

    public bool Contains(IPAddress address)
    {
        if (networks.IsDefaultOrEmpty) return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in networks)
        {
            if (network.Contains(plain)) return true;
        }

        return false;
    }
}
