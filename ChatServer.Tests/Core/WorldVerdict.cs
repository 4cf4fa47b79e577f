using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>After the drain: the history is clean, and the state says what the clients know.</summary>
internal sealed class WorldVerdict(ModelWorld world)
{
    public void Check()
    {
        var verdict = world.Checker.Judge();
        Assert.That(verdict.First, Is.Null);
        Assert.That(verdict.IsClean, Is.True, $"{verdict}");
        CheckStates();
    }

    /// <summary>What the state says of conversations and marks is what the clients know.</summary>
    public void CheckStates()
    {
        var users = world.Devices.Select(client => client.User).Distinct().ToArray();
        for (var i = 0; i < users.Length; i++)
        {
            for (var other = 0; other < i; other++) CheckHeads(users[other], users[i]);
        }

        foreach (var client in world.Devices)
        {
            foreach (var membership in Of(client.User))
            {
                if (world.HomeOf(membership.Other).Find(membership.Other) is not { } reader || !reader.Memberships.TryGet(client.User, out var theirs)) continue;
                Assert.That((membership.OtherDelivered, membership.OtherRead), Is.EqualTo((theirs.Delivered, theirs.Read)), $"P5: marks of {reader.Id} at {client.User}");
                if (membership.MarksVersion == 0 || world.ClientsForget) continue; // marks acknowledged by a store that is gone do not come again
                Assert.That(client.Marks.GetValueOrDefault(reader.Id), Is.EqualTo((theirs.Delivered, theirs.Read)), $"P5: what {client} knows of {reader.Id}");
            }
        }
    }

    private void CheckHeads(UserId user, UserId other)
    {
        var conversation = world.ConversationOf(user, other);
        var known = world.Checker.KnownIn(conversation);
        if (known == 0) return;
        var head = HeadOf(user, other);
        Assert.That(HeadOf(other, user), Is.EqualTo(head), $"P3: the homes of {user} and {other} do not agree");
        Assert.That(world.Checker.HeadOf(conversation), Is.LessThanOrEqualTo(head), $"P1: the end of {user} and {other} is lost");

        // An entry nobody was told of: its author lost the store, and nobody else was there to get it.
        if (!world.ClientsForget && world.Limits.OutboxEntries > 1000 && world.Limits.OutboxBytes > 1000)
            Assert.That(known, Is.EqualTo((long)head), $"P3: {user} and {other} have entries that nobody knows");
    }

    private ulong HeadOf(UserId user, UserId other) =>
        world.HomeOf(user).Users.TryGet(user, out var found) && found.Memberships.TryGet(other, out var membership) ? membership.Head : 0;

    private List<Membership> Of(UserId user) => world.HomeOf(user).Find(user) is { } found ? [.. found.Memberships.All] : [];
}
