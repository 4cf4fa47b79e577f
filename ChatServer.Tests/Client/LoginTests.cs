using System.Text;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Client;

/// <summary>How the client gets in, what it does when it does not, and how it comes back.</summary>
internal sealed class LoginTests
{
    [Test]
    public async Task It_registers_and_from_then_on_shows_its_token()
    {
        using var server = new FakeServer();
        await using var client = new ChatClient(server.Options with { Register = true });
        var connecting = client.ConnectAsync();
        using (var peer = await server.AcceptAsync())
        {
            Assert.That((peer.Hello.User.Value, peer.Hello.Device.Value, peer.Hello.Method, Secret(peer)), Is.EqualTo(("alice", "phone", LoginMethod.Register, "correct horse")));
            await peer.WelcomeAsync(token: "first"u8.ToArray());
            await connecting;
        }

        using var again = await server.AcceptAsync();
        Assert.That((again.Hello.Method, Secret(again)), Is.EqualTo((LoginMethod.DeviceToken, "first")));
    }

    [TestCase(ErrorCode.NameTaken)]
    [TestCase(ErrorCode.RegistrationClosed)]
    public async Task Who_cannot_register_tries_the_password(ErrorCode code)
    {
        using var server = new FakeServer();
        await using var client = new ChatClient(server.Options with { Register = true });
        client.Start();
        await RefuseAsync(server, code);
        using var peer = await server.AcceptAsync();
        Assert.That((peer.Hello.Method, Secret(peer)), Is.EqualTo((LoginMethod.Password, "correct horse")));
    }

    [Test]
    public async Task A_token_that_no_longer_holds_is_forgotten_for_the_password()
    {
        using var server = new FakeServer();
        var store = new MemoryClientStore();
        store.KeepToken("stale"u8);
        await using var client = new ChatClient(server.Options with { Store = store });
        client.Start();
        await RefuseAsync(server, ErrorCode.TokenRevoked);
        using var peer = await server.WelcomeAsync();
        Assert.That(peer.Hello.Method, Is.EqualTo(LoginMethod.Password));
        await peer.WriteAsync(new CaughtUpFrame());
        await foreach (var change in client.ConnectionChangesAsync())
            if (change.State == ConnectionState.CaughtUp) break;
        Assert.That(Encoding.ASCII.GetString(store.Load().Token.Span), Is.EqualTo("token"));
    }

    [TestCase(ErrorCode.BadCredentials)]
    [TestCase(ErrorCode.TooManyDevices)]
    [TestCase(ErrorCode.UnsupportedVersion)]
    public async Task A_refusal_that_nothing_mends_ends_the_client(ErrorCode code)
    {
        using var server = new FakeServer();
        await using var client = new ChatClient(server.Options);
        var connecting = client.ConnectAsync();
        await RefuseAsync(server, code);
        Assert.That(async () => await connecting, Throws.InstanceOf<ChatRefusedException>().With.Property("Code").EqualTo(code));
        Assert.That(client.State, Is.EqualTo(ConnectionState.Stopped));
        Assert.That(() => client.SendAsync(UserId.Parse("bob"), default), Throws.InstanceOf<ChatStoppedException>());
    }

    [Test]
    public async Task Without_token_and_password_nothing_is_tried()
    {
        await using var client = new ChatClient(new FakeServer().Options with { Password = null });
        Assert.That(async () => await client.ConnectAsync(), Throws.InstanceOf<ChatRefusedException>());
    }

    [Test]
    public async Task A_busy_server_is_tried_again_with_a_higher_attempt()
    {
        using var server = new FakeServer();
        await using var client = new ChatClient(server.Options);
        var connecting = client.ConnectAsync();
        var first = await RefuseAsync(server, ErrorCode.Busy);
        using var peer = await server.WelcomeAsync();
        await connecting;
        Assert.That((peer.Hello.Instance, peer.Hello.Attempt), Is.EqualTo((first.Instance, first.Attempt + 1)));
    }

    [Test]
    public async Task A_ghost_becomes_somebody_else()
    {
        using var server = new FakeServer();
        await using var client = new ChatClient(server.Options);
        client.Start();
        var first = await RefuseAsync(server, ErrorCode.StaleAttempt);
        using var peer = await server.AcceptAsync();
        Assert.That(peer.Hello.Instance, Is.Not.EqualTo(first.Instance));
    }

    [Test]
    public async Task A_server_that_stops_is_waited_for_as_long_as_it_said()
    {
        using var server = new FakeServer();
        var time = new ManualTime();
        await using var client = new ChatClient(server.Options with { Time = time, Chance = () => 0 });
        var connecting = client.ConnectAsync();
        using (var peer = await server.WelcomeAsync())
        {
            await connecting;
            await peer.WriteAsync(new GoAwayFrame { Code = ErrorCode.GoingAway, ReconnectAfterMs = 7_000, Detail = "update" });
        }

        var offline = await FirstAsync(client, ConnectionState.Offline);
        Assert.That(offline, Is.EqualTo(new ConnectionChange(ConnectionState.Offline, ErrorCode.GoingAway, "update", TimeSpan.FromSeconds(7))));
        await time.PassAsync(TimeSpan.FromSeconds(7));
        using var again = await server.AcceptAsync();
        Assert.That(again.Hello.Attempt, Is.EqualTo(2));
    }

    [TestCase(ErrorCode.TakenOver)]
    [TestCase(ErrorCode.Revoked)]
    public async Task A_client_that_was_sent_away_for_good_stays_away(ErrorCode code)
    {
        using var server = new FakeServer();
        await using var client = new ChatClient(server.Options);
        using var peer = await ConnectAsync(server, client);
        await peer.WriteAsync(new GoAwayFrame { Code = code });
        var end = await FirstAsync(client, ConnectionState.Stopped);
        Assert.That(end.Code, Is.EqualTo(code));
        Assert.That(async () => await client.ReceiveAsync().GetAsyncEnumerator().MoveNextAsync(), Throws.InstanceOf<ChatStoppedException>());
    }

    [Test]
    public async Task A_user_who_lives_elsewhere_is_followed()
    {
        using var server = new FakeServer();
        using var home = new FakeServer();
        await using var client = new ChatClient(server.Options);
        client.Start();
        using var peer = await server.AcceptAsync();
        await peer.WriteAsync(new WelcomeFrame { Version = 1, Server = "a", History = FakePeer.History, Redirect = $"127.0.0.1:{home.Port}" }, 1);
        using var there = await home.AcceptAsync();
        Assert.That(there.Hello.User.Value, Is.EqualTo("alice"));
    }

    [Test]
    public async Task A_silent_server_is_left_after_ten_seconds()
    {
        using var server = new FakeServer();
        var time = new ManualTime();
        await using var client = new ChatClient(server.Options with { Time = time, Chance = () => 0.5 });
        using var peer = await ConnectAsync(server, client);
        await time.PassAsync(TimeSpan.FromSeconds(45));
        Assert.That((await peer.ReadAsync())?.Header.Kind, Is.EqualTo(FrameKind.Ping));
        await time.PassAsync(TimeSpan.FromSeconds(10));
        Assert.That((await FirstAsync(client, ConnectionState.Offline)).Detail, Is.EqualTo("the server does not answer"));
    }

    [Test]
    public async Task What_the_server_pushed_and_what_came_are_compared()
    {
        using var server = new FakeServer();
        var time = new ManualTime();
        await using var client = new ChatClient(server.Options with { Time = time, Chance = () => 0.5 });
        using var peer = await ConnectAsync(server, client);
        await time.PassAsync(TimeSpan.FromSeconds(45));
        var (_, body) = await peer.ReadAsync() ?? throw new AssertionException("closed");
        await peer.PongAsync(body, new PushedTotal { Pushed = 1, Checksum = 5 });
        var offline = await FirstAsync(client, ConnectionState.Offline);
        Assert.That(offline.Detail, Is.EqualTo("what the server has pushed is not what came"));
    }

    [Test]
    public async Task Nonsense_from_the_server_is_a_lost_connection()
    {
        using var server = new FakeServer();
        await using var client = new ChatClient(server.Options);
        using (var peer = await ConnectAsync(server, client)) await peer.WriteAsync(new HelloFrame { User = UserId.Parse("a"), Device = DeviceId.Parse("b"), Instance = 1, Method = LoginMethod.Password });
        using var again = await server.AcceptAsync();
        Assert.That(again.Hello.Attempt, Is.EqualTo(2));
    }

    private static string Secret(FakePeer peer) => Encoding.ASCII.GetString(peer.Hello.Secret.Span);

    private static async Task<HelloFrame> RefuseAsync(FakeServer server, ErrorCode code)
    {
        using var peer = await server.AcceptAsync();
        await peer.RefuseAsync(code);
        return peer.Hello;
    }

    private static async Task<FakePeer> ConnectAsync(FakeServer server, ChatClient client)
    {
        var connecting = client.ConnectAsync();
        var peer = await server.WelcomeAsync();
        await connecting;
        return peer;
    }

    private static async Task<ConnectionChange> FirstAsync(ChatClient client, ConnectionState state)
    {
        using var patience = new CancellationTokenSource(FakeServer.Patience);
        await foreach (var change in client.ConnectionChangesAsync(patience.Token))
            if (change.State == state) return change;
        throw new AssertionException($"The client ended without being {state}");
    }
}
