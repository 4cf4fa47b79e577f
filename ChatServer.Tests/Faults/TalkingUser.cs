using System.Net;
using System.Net.Sockets;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Behaviour;

namespace ChatServer.Tests.Faults;

/// <summary>A user with one device, whose tokens survive whatever the server does.</summary>
internal sealed class TalkingUser(string name)
{
    private byte[] _token = [];
    private uint _attempt = 1;

    public string Name => name;

    public byte[] Token => _token;

    public void Register(IPEndPoint endPoint)
    {
        using var client = RawClient.Register(endPoint, name);
        _token = client.Token;
    }

    /// <summary>Logs in by token; null when the connection ends before Welcome.</summary>
    public RawClient? TryLogIn(IPEndPoint endPoint)
    {
        RawClient client;
        try
        {
            client = new RawClient(endPoint);
        }
        catch (SocketException)
        {
            return null; // it listens no more
        }

        if (client.TryLogIn(RawClient.Hello(name, "phone", LoginMethod.DeviceToken, _token, attempt: ++_attempt)))
        {
            _token = client.Token;
            return client;
        }

        client.Dispose();
        return null;
    }
}
