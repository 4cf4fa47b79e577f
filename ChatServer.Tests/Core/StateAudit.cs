using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>Counts anew what the state counts as it goes, and holds every queue to its cap.</summary>
internal static class StateAudit
{
    public static int Unacknowledged(PartitionState state) => Outgoing(state).Sum(lane => lane.Unacknowledged.Count);

    public static IEnumerable<OutLane> Outgoing(PartitionState state) =>
        Enumerable.Range(0, state.Lanes.Count).Select(state.Lanes.Existing).OfType<OutLane>();

    public static IEnumerable<User> Users(PartitionState state) => state.Users.Select(pair => pair.Value);

    public static void Check(PartitionState state)
    {
        var held = new Dictionary<ulong, int>();
        foreach (var user in Users(state)) CheckUser(state, user, held);
        foreach (var lane in Outgoing(state))
        {
            for (var i = 0; i < lane.Unacknowledged.Count; i++) Hold(held, lane.Unacknowledged[i].Body);
        }

        Assert.That(state.Account.Unaccounted, Is.Zero, $"partition {state.Id} lost track of messages: {state.Account}");
        var users = Users(state).ToList();
        Assert.That(state.Account.Waiting, Is.EqualTo(users.Sum(user => user.Memberships.Values.Sum(membership => membership.CountWaiting()))), $"partition {state.Id}: what waits");
        Assert.That(state.Account.Undecided, Is.EqualTo(users.Sum(user => user.Slots.Sum(slot => slot.Device?.PendingSends ?? 0))), $"partition {state.Id}: what is undecided");
        Assert.That(state.Bodies.LiveSections, Is.EqualTo(held.Count), $"partition {state.Id} keeps sections that nobody needs, or not those that are needed");
        foreach (var (section, count) in held) Assert.That(state.Bodies.HoldsOf(section), Is.EqualTo(count), $"section {section} of partition {state.Id}");
    }

    /// <summary>Lanes: numbers without holes, the receiver between what is acknowledged and what was sent, credit kept.</summary>
    public static void CheckLanes(IReadOnlyList<PartitionState> states)
    {
        foreach (var from in states)
        {
            var users = Users(from).Count() * from.Limits.DevicesPerUser;
            foreach (var lane in Outgoing(from))
            {
                for (var i = 0; i < lane.Unacknowledged.Count; i++)
                {
                    Assert.That(lane.Unacknowledged[i].Number, Is.EqualTo(lane.Acknowledged + 1 + (ulong)i), "a lane has a hole");
                }

                Assert.That(states[lane.To].Lanes.Applied(from.Id), Is.InRange(lane.Acknowledged, lane.LastNumber), $"the lane {from.Id} to {lane.To}");
                var sends = Enumerable.Range(0, lane.Unacknowledged.Count).Count(i => lane.Unacknowledged[i].Kind is LaneRecordKind.Send or LaneRecordKind.OpeningAsked);

                // Sends that waited for an opening go out together when it is answered: at most the undecided ones of each device.
                Assert.That(sends, Is.LessThanOrEqualTo(from.Limits.LaneCredit + (users * from.Limits.UndecidedSends)), "P9: a lane exceeds its credit");
            }
        }
    }

    /// <summary>What was sequenced is at the recipient's home, or on the lane to it: nothing between.</summary>
    public static void CheckHeads(IReadOnlyList<PartitionState> states)
    {
        foreach (var state in states)
        {
            foreach (var user in Users(state))
            {
                foreach (var membership in user.Memberships.Values)
                {
                    if (membership.Conversation is not { } conversation) continue;
                    Assert.That(membership.Head, Is.EqualTo(conversation.Head), "the home of a conversation lags behind itself");
                    var other = states[state.Map.Of(membership.Other)];
                    var there = other.Users.TryGetValue(membership.Other, out var shell) && shell.Memberships.TryGetValue(user.Id, out var theirs) ? theirs.Head : 0;
                    ulong underWay = 0;
                    if (state.Lanes.Existing(other.Id) is { } lane && other != state)
                    {
                        for (var i = 0; i < lane.Unacknowledged.Count; i++)
                        {
                            ref var record = ref lane.Unacknowledged[i];
                            var isOfPair = (record.User == user.Id && record.Other == membership.Other) || (record.User == membership.Other && record.Other == user.Id);
                            if (isOfPair && record.Sequence > 0 && record.Number > other.Lanes.Applied(state.Id)) underWay++;
                        }
                    }

                    Assert.That(there + underWay, Is.EqualTo(conversation.Head), $"{user.Id} and {membership.Other}: accepted is not delivered and pending");
                }
            }
        }
    }

    private static void CheckUser(PartitionState state, User user, Dictionary<ulong, int> held)
    {
        var limits = state.Limits;
        foreach (var device in user.Slots.Select(slot => slot.Device).OfType<Device>())
        {
            var pending = 0;
            for (var i = 0; i < device.Answers.Count; i++)
            {
                Assert.That(device.Answers[i].Number, Is.EqualTo(device.Mark - (ulong)device.Answers.Count + 1 + (ulong)i), "answers have holes");
                if (!device.Answers[i].Pending) continue;
                pending++;
                Hold(held, device.Answers[i].Body);
            }

            Assert.That(device.PendingSends, Is.EqualTo(pending));
            Assert.That(pending, Is.LessThanOrEqualTo(limits.UndecidedSends), "P9: undecided sends");
            Assert.That(device.Answers.Count, Is.LessThanOrEqualTo(limits.UnsettledAnswers), "P9: unsettled answers");
        }

        var entries = new int[user.Slots.Length];
        var bytes = new long[user.Slots.Length];
        foreach (var membership in user.Memberships.Values) CheckMembership(user, membership, entries, bytes, held);
        for (var i = 0; i < user.Slots.Length; i++)
        {
            var slot = user.Slots[i];
            Assert.That((slot.WaitingEntries, slot.WaitingBytes) == (entries[i], bytes[i]), $"what waits for slot {i} of {user.Id} is counted wrongly");

            // What was accepted before the recipient's home could say "full" still comes.
            var overshoot = (state.Map.Count > 1 ? limits.LaneCredit + (15 * limits.UndecidedSends) : 0) + 1;
            Assert.That(slot.WaitingEntries, Is.LessThanOrEqualTo(limits.OutboxEntries + overshoot), $"P9: the outbox of {user.Id}, slot {i}");
        }
    }

    private static void CheckMembership(User user, Membership membership, int[] entries, long[] bytes, Dictionary<ulong, int> held)
    {
        var start = membership.Head - (ulong)membership.TailCount + 1;
        var lowest = membership.Head;
        for (var i = 0; i < user.Slots.Length; i++)
        {
            if (!user.Slots[i].Active) continue;
            var delivered = membership.DeliveredTo(i);
            Assert.That(delivered, Is.LessThanOrEqualTo(membership.Head));
            lowest = Math.Min(lowest, delivered);
            foreach (ref readonly var run in membership.Runs)
            {
                if (delivered >= run.Last) continue;
                Assert.That(delivered, Is.LessThan(run.First), $"a cursor of {user.Id} stands in a spilled run");
                entries[i] += run.Count;
                bytes[i] += run.Bytes;
            }

            for (var sequence = Math.Max(membership.SpilledUpTo, delivered) + 1; sequence <= membership.Head; sequence++)
            {
                ref readonly var entry = ref membership.Entry(sequence);
                if (!entry.IsDueTo(i)) continue;
                entries[i]++;
                bytes[i] += entry.Body.Record.Length;
            }
        }

        Assert.That(start, Is.EqualTo(lowest + 1), $"the tail of {user.Id} with {membership.Other} is not what somebody waits for");
        foreach (ref readonly var run in membership.Runs) held[run.IndexBody.Section] = held.GetValueOrDefault(run.IndexBody.Section) + run.Count + 1;
        for (var sequence = membership.SpilledUpTo + 1; sequence <= membership.Head; sequence++)
        {
            if (!membership.Entry(sequence).IsHidden) Hold(held, membership.Entry(sequence).Body);
        }

        Assert.That(membership.Read, Is.LessThanOrEqualTo(membership.Delivered), "P5: read before delivered");
        Assert.That(membership.OtherRead, Is.LessThanOrEqualTo(membership.OtherDelivered), "P5: read before delivered");
    }

    private static void Hold(Dictionary<ulong, int> held, BodyRef body)
    {
        if (!body.IsNone) held[body.Section] = held.GetValueOrDefault(body.Section) + 1;
    }
}
