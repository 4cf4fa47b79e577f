using System.Text;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class UserTableTests
{
    private readonly UserTable _table = new(new PartitionMap(4, 7), new CoreLimits());

    [Test]
    public void Users_are_found_by_id_and_stand_in_the_order_they_were_added()
    {
        for (var i = 0; i < 5_000; i++) Assert.That(Register($"user{i}", [1]), Is.EqualTo(i));
        Assert.That(_table.Count, Is.EqualTo(5_000));
        for (var i = 0; i < 5_000; i++)
        {
            Assert.That(_table.PlaceOf(UserId.Parse($"user{i}")), Is.EqualTo(i));
            Assert.That(_table[i].Id.Value, Is.EqualTo($"user{i}"));
        }

        Assert.That(_table.PlaceOf(UserId.Parse("user5000")), Is.EqualTo(-1));
        Assert.That(_table.KeptCount, Is.Zero);
    }

    [Test]
    public void A_user_that_is_read_only_is_not_kept()
    {
        Register("alice", [1, 2]);
        Assert.That(_table.TryGet(UserId.Parse("alice"), out var user), Is.True);
        Assert.That((user?.Exists, user?.Trusted, user?.DeviceCount, user?.PasswordEpoch), Is.EqualTo((true, false, 0, 1)));
        Assert.That(() => user?.Join(UserId.Parse("bob")), Throws.InvalidOperationException);
        Assert.That(() => user?.AddDevice(DeviceId.Parse("phone"), 1), Throws.InvalidOperationException);
        Assert.That(_table.KeptCount, Is.Zero);
    }

    [Test]
    public void A_user_that_is_kept_is_the_same_until_it_is_bare_and_let_go()
    {
        Register("alice", [1]);
        var bob = _table.Keep(Register("bob", [1]));
        Assert.That(_table.TryGet(bob.Id, out var found) && ReferenceEquals(found, bob), Is.True);
        bob.Join(UserId.Parse("alice"));
        _table.LetGo(bob);
        Assert.That(_table.KeptAt(bob.Place), Is.SameAs(bob), "a conversation is more than a row");

        var alice = _table.Keep(0);
        _table.LetGo(alice);
        Assert.That((_table.KeptAt(0), _table.KeptCount), Is.EqualTo(((User?)null, 1)));
        Assert.That(_table.Keep(Register("carol", [1])), Is.SameAs(_table[2]));
        Assert.That(_table.KeptCount, Is.EqualTo(2));
    }

    [Test]
    public void Passwords_that_change_their_length_do_not_fill_the_memory()
    {
        for (var i = 0; i < 100; i++) Register($"user{i}", [(byte)i]);
        for (var round = 1; round < 100; round++)
        {
            for (var i = 0; i < 100; i++) _table.SetPassword(i, [.. Enumerable.Repeat((byte)i, 1 + (round * 31 % 120))]);
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.That(_table.PasswordHashAt(i).ToArray(), Is.EqualTo(Enumerable.Repeat((byte)i, 1 + (99 * 31 % 120))));
            Assert.That(_table.PasswordEpochAt(i), Is.EqualTo(100));
        }

        Assert.That(_table.PasswordBytes, Is.LessThan(256 * 1024));
    }

    [Test]
    public void Restored_in_any_order_users_get_their_places()
    {
        var random = new Random(11);
        var order = Enumerable.Range(0, 1_500).ToArray();
        random.Shuffle(order);
        foreach (var place in order)
        {
            var restored = _table.Restore(Encoding.ASCII.GetBytes($"user{place}"), exists: true, isTrusted: place % 3 == 0, [(byte)place], (ulong)place);
            if (place % 7 == 0) _table.Keep(restored);
        }

        _table.Reorder(order);
        for (var place = 0; place < order.Length; place++)
        {
            Assert.That((_table.PlaceOf(UserId.Parse($"user{place}")), _table.IsTrustedAt(place), _table.PasswordEpochAt(place)), Is.EqualTo((place, place % 3 == 0, place)));
            Assert.That((_table.KeptAt(place) is not null, _table[place].Place, _table[place].Id.Value), Is.EqualTo((place % 7 == 0, place, $"user{place}")));
        }
    }

    private int Register(string id, byte[] passwordHash)
    {
        var place = _table.Add(UserId.Parse(id), out _);
        _table.Register(place, passwordHash, isTrusted: false);
        return place;
    }
}
