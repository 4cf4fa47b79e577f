using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>After the drain: everything acknowledged is where it belongs, and nothing else is anywhere.</summary>
internal sealed class WorldVerdict(ModelWorld world)
{
    public void Check()
    {
        world.Reference.CheckOrder();
        CheckStates();
        CheckDeliveries();
        foreach (var message in world.Reference.Messages)
        {
            if (message.Answer == ErrorCode.None) Assert.That(message.Sequence, Is.Positive, $"P1: '{message.Text}'");
        }
    }

    /// <summary>What the state says of conversations and marks is what the clients know.</summary>
    public void CheckStates()
    {
        foreach (var (pair, entries) in world.Reference.Conversations)
        {
            var head = HeadOf(pair.Item1, pair.Item2);
            Assert.That(HeadOf(pair.Item2, pair.Item1), Is.EqualTo(head), $"P3: the homes of {pair} do not agree");
            Assert.That(entries.Keys.Last(), Is.LessThanOrEqualTo(head), $"P1: the end of {pair} is lost");

            // An entry nobody was told of: its author lost the store, and nobody else was there to get it.
            if (!world.ClientsForget && world.Limits.OutboxEntries > 1000 && world.Limits.OutboxBytes > 1000)
                Assert.That(entries, Has.Count.EqualTo((int)head), $"P3: {pair} has entries that nobody knows");
        }

        foreach (var client in world.Devices)
        {
            foreach (var membership in Of(client.User))
            {
                if (world.HomeOf(membership.Other).Find(membership.Other) is not { } reader || !reader.Memberships.TryGetValue(client.User, out var theirs)) continue;
                Assert.That((membership.OtherDelivered, membership.OtherRead), Is.EqualTo((theirs.Delivered, theirs.Read)), $"P5: marks of {reader.Id} at {client.User}");
                if (membership.MarksVersion == 0 || world.ClientsForget) continue; // marks acknowledged by a store that is gone do not come again
                Assert.That(client.Marks.GetValueOrDefault(reader.Id), Is.EqualTo((theirs.Delivered, theirs.Read)), $"P5: what {client.Self} knows of {reader.Id}");
            }
        }
    }

    private void CheckDeliveries()
    {
        foreach (var (pair, entries) in world.Reference.Conversations)
        {
            foreach (var (sequence, message) in entries)
            {
                foreach (var client in world.Devices)
                {
                    var self = client.Self;
                    if ((self.User != pair.Item1 && self.User != pair.Item2) || message.Author == self) continue;
                    var other = self.User == pair.Item1 ? pair.Item2 : pair.Item1;
                    if (message.IssuedStep <= self.DueFromStep && self.DueFromStep > 0) continue;
                    if (message.Author.User == self.User && message.Author.Device == self.Device) continue; // of an earlier life
                    Assert.That(self.Received.Contains((other, sequence)), Is.True, $"P1: {self} never got {sequence} from {other}, '{message.Text}', due from step {self.DueFromStep}");
                }
            }

            foreach (var client in world.Devices) CheckSteps(client, pair, entries);
        }
    }

    // Between one push and the next of a conversation lies only what the device wrote itself.
    private static void CheckSteps(ModelDevice client, (UserId, UserId) pair, SortedDictionary<ulong, Reference.Message> entries)
    {
        foreach (var life in client.Lives)
        {
            foreach (var (other, previous, sequence) in life.Steps)
            {
                if (Reference.Pair(life.User, other) != pair) continue;
                for (var between = previous + 1; between < sequence; between++)
                {
                    if (!entries.TryGetValue(between, out var message) || (message.Author.User == life.User && message.Author.MayBeGone)) continue;
                    Assert.That((message.Author.User, message.Author.Device), Is.EqualTo((life.User, life.Device)), $"P1: {life} was not pushed {between} from {other}");
                }
            }
        }
    }

    private ulong HeadOf(UserId user, UserId other) =>
        world.HomeOf(user).Users.TryGetValue(user, out var found) && found.Memberships.TryGetValue(other, out var membership) ? membership.Head : 0;

    private List<Membership> Of(UserId user) => world.HomeOf(user).Find(user) is { } found ? [.. found.Memberships.Values] : [];
}
