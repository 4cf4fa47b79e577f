using System.Security.Cryptography;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;
using NUnit.Framework;

namespace ChatServer.Tests.Sessions;

internal sealed class DeviceTokenTests
{
    private static readonly byte[] Key = SHA256.HashData("key"u8);
    private static readonly UserId Alice = UserId.Parse("alice");
    private static readonly DeviceId Phone = DeviceId.Parse("phone");

    private static DeviceToken First => DeviceToken.CreateFirst([.. Enumerable.Range(0, DeviceToken.SeedBytes).Select(i => (byte)i)]);

    [Test]
    public void The_wire_form_is_family_generation_and_secret()
    {
        Assert.That(Convert.ToHexString(First.ToWire()), Is.EqualTo(
            "0001020304050607" + "00000001" + "08090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F2021222324252627"));
        Assert.That(First.Family, Is.EqualTo(0x0001020304050607UL));
        Assert.That(First.Generation, Is.EqualTo(1u));
    }

    [Test]
    public void A_token_survives_the_wire()
    {
        var token = DeviceToken.CreateFirst(RandomNumberGenerator.Fill);
        Assert.That(DeviceToken.TryParse(token.ToWire(), out var read), Is.True);
        Assert.That(read, Is.EqualTo(token));
    }

    [Test]
    public void The_same_token_always_has_the_same_successor()
    {
        var successor = First.Successor(Key, Alice, Phone);
        Assert.That(First.Successor(Key, Alice, Phone), Is.EqualTo(successor));
        Assert.That(successor.Family, Is.EqualTo(First.Family));
        Assert.That(successor.Generation, Is.EqualTo(2u));
    }

    [Test]
    public void The_successor_is_the_HMAC_over_secret_user_and_device()
    {
        var wire = First.ToWire();
        byte[] input = [.. wire[12..], .. "alice"u8, 0, .. "phone"u8];
        Assert.That(First.Successor(Key, Alice, Phone).ToWire()[12..], Is.EqualTo(HMACSHA256.HashData(Key, input)));
    }

    [Test]
    public void The_successor_is_bound_to_key_user_and_device()
    {
        var successor = First.Successor(Key, Alice, Phone);
        Assert.That(First.Successor(SHA256.HashData("other"u8), Alice, Phone), Is.Not.EqualTo(successor));
        Assert.That(First.Successor(Key, UserId.Parse("bob"), Phone), Is.Not.EqualTo(successor));
        Assert.That(First.Successor(Key, Alice, DeviceId.Parse("laptop")), Is.Not.EqualTo(successor));
        // Where the user ends and the device begins matters.
        Assert.That(First.Successor(Key, UserId.Parse("alicep"), DeviceId.Parse("hone")), Is.Not.EqualTo(successor));
    }

    [Test]
    public void Tokens_made_one_after_the_other_share_nothing() =>
        Assert.That(DeviceToken.CreateFirst(RandomNumberGenerator.Fill).Family, Is.Not.EqualTo(DeviceToken.CreateFirst(RandomNumberGenerator.Fill).Family));

    [Test]
    public void What_is_stored_is_SHA256_of_the_wire_form()
    {
        Assert.That(First.Hash(), Is.EqualTo(SHA256.HashData(First.ToWire())));
        var hash = new byte[DeviceToken.HashBytes];
        First.Hash(hash);
        Assert.That(hash, Is.EqualTo(First.Hash()));
    }

    [TestCase(0)]
    [TestCase(43)]
    [TestCase(45)]
    public void Other_lengths_are_no_token(int length) => Assert.That(DeviceToken.TryParse(new byte[length], out _), Is.False);

    [TestCase(0u, false)]
    [TestCase(1u, true)]
    [TestCase(uint.MaxValue - 1, true)]
    [TestCase(uint.MaxValue, false)]
    public void A_generation_that_has_no_successor_is_no_token(uint generation, bool parsed)
    {
        var wire = First.ToWire();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(wire.AsSpan(8), generation);
        Assert.That(DeviceToken.TryParse(wire, out _), Is.EqualTo(parsed));
    }

    [Test]
    public void Its_text_has_no_secret()
    {
        Assert.That(First.ToString(), Is.EqualTo("device token of generation 1"));
        Assert.That($"{First}", Does.Not.Contain("08").And.Not.Contain("0001"));
    }
}
