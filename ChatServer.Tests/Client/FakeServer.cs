using System.Net;
using System.Net.Sockets;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Client;

/// <summary>A listening socket behind which the test itself is the server, frame by frame.</summary>
internal sealed class FakeServer : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public FakeServer() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Alice on her phone, who comes back as soon as she can.</summary>
    public ChatClientOptions Options => new()
    {
        Port = Port,
        User = UserId.Parse("alice"),
        Device = DeviceId.Parse("phone"),
        Password = "correct horse",
        ReconnectMin = TimeSpan.FromMilliseconds(1),
        ReconnectMax = TimeSpan.FromMilliseconds(1),
    };

    /// <summary>The next connection, its preamble and Hello read.</summary>
    public async Task<FakePeer> AcceptAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var peer = new FakePeer(await _listener.AcceptSocketAsync(patience.Token));
        await peer.ReadHelloAsync();
        return peer;
    }

    /// <summary>The next connection, logged in.</summary>
    public async Task<FakePeer> WelcomeAsync(ulong lastSendNumber = 0)
    {
        var peer = await AcceptAsync();
        await peer.WelcomeAsync(lastSendNumber);
        return peer;
    }

    public void Dispose() => _listener.Dispose();
}
