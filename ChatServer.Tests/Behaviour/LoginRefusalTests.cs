using NUnit.Framework;
using System.Text;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;

namespace ChatServer.Tests.Behaviour;

/// <summary>Who is not let in, and what that costs nobody else.</summary>
internal sealed class LoginRefusalTests
{
    private static readonly byte[] Password = "correct horse"u8.ToArray();

    [Test]
    public void An_unknown_user_and_a_wrong_password_are_told_the_same()
    {
        using var shard = new ShardFixture();
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        var wrong = RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "other", LoginMethod.Password, "wrong horse"u8.ToArray()), ErrorCode.BadCredentials);
        var unknown = RawClient.Refused(shard.EndPoint, RawClient.Hello("nobody", "other", LoginMethod.Password, "wrong horse"u8.ToArray()), ErrorCode.BadCredentials);
        var noToken = RawClient.Refused(shard.EndPoint, RawClient.Hello("nobody", "other", LoginMethod.DeviceToken, alice.Token), ErrorCode.BadCredentials);
        Assert.That((unknown, noToken), Is.EqualTo((wrong, wrong)));
    }

    [TestCase("")]
    [TestCase("seven77")]
    [TestCase("with a \0 in it")]
    public void A_password_that_is_none_is_refused(string password)
    {
        using var shard = new ShardFixture();
        RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "phone", LoginMethod.Register, Encoding.UTF8.GetBytes(password)), ErrorCode.PasswordPolicy);
    }

    [Test]
    public void A_password_of_bytes_that_are_no_text_is_refused()
    {
        using var shard = new ShardFixture();
        RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "phone", LoginMethod.Register, [0xC0, 0xAF, 0xFF, 0xC0, 0xAF, 0xFF, 0xC0, 0xAF]), ErrorCode.PasswordPolicy);
    }

    [Test]
    public void The_longest_password_is_taken_and_one_byte_more_is_not()
    {
        using var shard = new ShardFixture();
        using var alice = new RawClient(shard.EndPoint);
        alice.LogIn(RawClient.Hello("alice", "phone", LoginMethod.Register, Encoding.UTF8.GetBytes(new string('p', ProtocolLimits.SecretBytes))));
        RawClient.Refused(shard.EndPoint, RawClient.Hello("bob", "phone", LoginMethod.Register, Encoding.UTF8.GetBytes(new string('p', ProtocolLimits.SecretBytes + 1))), ErrorCode.Limit);
    }

    [Test]
    public void A_name_is_taken_once()
    {
        using var shard = new ShardFixture();
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "phone", LoginMethod.Register, Password), ErrorCode.NameTaken);
        alice.Send(new PingFrame());
        alice.Expect<PongFrame>();
    }

    [Test]
    public void Closed_registration_lets_nobody_new_in()
    {
        using var shard = new ShardFixture(change: settings => settings with { RegistrationIsOpen = false });
        RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "phone", LoginMethod.Register, Password), ErrorCode.RegistrationClosed);
    }

    [Test]
    public void A_user_has_five_devices()
    {
        using var shard = new ShardFixture();
        using var first = RawClient.Register(shard.EndPoint, "alice", "d1");
        for (var i = 2; i <= ProtocolLimits.DevicesPerUser; i++) RawClient.ByPassword(shard.EndPoint, "alice", $"d{i}").Dispose();
        RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "d6", LoginMethod.Password, Password), ErrorCode.TooManyDevices);
        first.Send(new RemoveDeviceFrame { Device = DeviceId.Parse("d2") });
        first.Expect<DeviceRemovedFrame>();
        RawClient.ByPassword(shard.EndPoint, "alice", "d6").Dispose();
    }

    [Test]
    public void Failures_slow_the_guesser_down_and_not_the_owner()
    {
        using var shard = new ShardFixture();
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        for (var i = 0; i < LoginThrottle.FreeFailures; i++)
            RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "other", LoginMethod.Password, Encoding.UTF8.GetBytes($"guess number {i}")), ErrorCode.BadCredentials);
        var throttled = RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "other", LoginMethod.Password, Password), ErrorCode.LoginThrottled);
        Assert.That(throttled.RetryAfterMs, Is.Positive);
        using var owner = RawClient.ByToken(shard.EndPoint, "alice", alice.Token);
    }

    [Test]
    public void A_token_from_before_the_one_in_use_revokes_the_family()
    {
        using var shard = new ShardFixture();
        using var first = RawClient.Register(shard.EndPoint, "alice");
        using var second = RawClient.ByToken(shard.EndPoint, "alice", first.Token, attempt: 2);
        using var third = RawClient.ByToken(shard.EndPoint, "alice", second.Token, attempt: 3);
        RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "phone", LoginMethod.DeviceToken, first.Token, attempt: 4), ErrorCode.TokenRevoked);
        Assert.That(third.Expect<GoAwayFrame>().Code, Is.EqualTo(ErrorCode.Revoked));
        third.ExpectEnd();
        RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "phone", LoginMethod.DeviceToken, third.Token, attempt: 5), ErrorCode.TokenRevoked);
        using var byPassword = new RawClient(shard.EndPoint);
        byPassword.LogIn(RawClient.Hello("alice", "phone", LoginMethod.Password, Password, attempt: 6));
    }

    [Test]
    public void A_delayed_attempt_does_not_end_the_session_that_overtook_it()
    {
        using var shard = new ShardFixture();
        using var first = RawClient.Register(shard.EndPoint, "alice");
        using var live = RawClient.ByToken(shard.EndPoint, "alice", first.Token, attempt: 5);
        RawClient.Refused(shard.EndPoint, RawClient.Hello("alice", "phone", LoginMethod.DeviceToken, first.Token, attempt: 4), ErrorCode.StaleAttempt);
        live.Send(new PingFrame());
        live.Expect<PongFrame>();
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Of_racing_logins_one_session_is_left(int loops)
    {
        const int Racers = 160;
        using var shard = new ShardFixture(loops);
        using var honest = new HonestPair(shard.EndPoint);
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        var token = alice.Token;
        var clients = new RawClient[Racers];
        Parallel.For(0, Racers, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            clients[i] = new RawClient(shard.EndPoint);
            clients[i].LogIn(RawClient.Hello("alice", "phone", LoginMethod.DeviceToken, token, instance: (ulong)(100 + i)));
        });
        var live = 0;
        foreach (var client in clients)
        {
            if (client.TrySendRaw(RawClient.Encode(new PingFrame())) && client.TryExpect<PongFrame>(out _)) live++;
            client.Dispose();
        }

        Assert.That(live, Is.EqualTo(1));
        honest.IsServed();
    }

    [Test]
    public void A_flood_of_passwords_is_told_to_come_back_later()
    {
        const int Flood = 180;
        using var shard = new ShardFixture();
        using var honest = new HonestPair(shard.EndPoint);
        var clients = Enumerable.Range(0, Flood).Select(_ => new RawClient(shard.EndPoint)).ToArray();
        for (var i = 0; i < Flood; i++)
        {
            clients[i].SendRaw(RawClient.PreambleBytes);
            clients[i].Send(RawClient.Hello($"ghost{i}", "phone", LoginMethod.Password, Password));
        }

        honest.IsServed();
        var answers = clients.Select(client => client.Expect<ErrorFrame>()).ToArray();
        foreach (var client in clients) client.Dispose();
        Assert.That(answers.Select(answer => answer.Code).Distinct(), Is.EquivalentTo(new[] { ErrorCode.BadCredentials, ErrorCode.Busy }));
        Assert.That(answers.Where(answer => answer.Code == ErrorCode.Busy).Select(answer => answer.RetryAfterMs), Has.All.Positive);
    }
}
