using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

internal sealed class MembershipListTests
{
    [Test]
    public void Conversations_are_found_and_stay_in_their_order_however_many_there_are()
    {
        var table = new UserTable(new PartitionMap(1, 7), new CoreLimits());
        var alice = table.Keep(table.Add(UserId.Parse("alice"), out _));
        for (var count = 1; count <= 50; count++)
        {
            var joined = alice.Join(Other(count));
            Assert.That(alice.Join(Other(count)), Is.SameAs(joined), "once each");
            Assert.That(alice.Memberships.Count, Is.EqualTo(count));
            for (var i = 1; i <= count; i++)
            {
                Assert.That(alice.Memberships.TryGet(Other(i), out var found) && ReferenceEquals(found, alice.Memberships[i - 1]), Is.True);
                Assert.That(alice.Memberships[Other(i)].Other, Is.EqualTo(Other(i)));
            }

            Assert.That(alice.Memberships.TryGet(Other(count + 1), out _), Is.False);
        }
    }

    [Test]
    public void A_record_of_a_conversation_that_never_began_is_refused()
    {
        var table = new UserTable(new PartitionMap(1, 7), new CoreLimits());
        var alice = table.Keep(table.Add(UserId.Parse("alice"), out _));
        Assert.That(() => alice.Memberships[Other(1)], Throws.InstanceOf<InvalidDataException>());
    }

    private static UserId Other(int i) => UserId.Parse($"other{i}");
}
