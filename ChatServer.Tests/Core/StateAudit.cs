using ChatServer.Core;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Core;

/// <summary>Counts anew what the state counts as it goes, and holds every queue to its cap.</summary>
internal static class StateAudit
{
    public static int Unacknowledged(PartitionState state) => Outgoing(state).Sum(lane => lane.Unacknowledged.Count);

    public static IEnumerable<OutLane> Outgoing(PartitionState state) =>
        Enumerable.Range(0, state.Lanes.Count).Select(state.Lanes.Existing).OfType<OutLane>();

    public static IEnumerable<User> Users(PartitionState state) => Enumerable.Range(0, state.Users.Count).Select(place => state.Users[place]);

    public static void Check(PartitionState state)
    {
        var held = new Dictionary<ulong, int>();
        foreach (var user in Users(state)) CheckUser(state, user, held);
        CheckTable(state.Users);
        foreach (var lane in Outgoing(state))
        {
            for (var i = 0; i < lane.Unacknowledged.Count; i++) Hold(held, lane.Unacknowledged[i].Body);
        }

        Expect.That(state.Account.Unaccounted == 0, $"partition {state.Id} lost track of messages: {state.Account}");
        var (waiting, undecided) = Count(state);
        Expect.That(state.Account.Waiting == waiting, $"partition {state.Id}: {waiting} wait, and {state.Account.Waiting} are counted");
        Expect.That(state.Account.Undecided == undecided, $"partition {state.Id}: {undecided} are undecided, and {state.Account.Undecided} are counted");
        Expect.That(state.Bodies.LiveSections == held.Count, $"partition {state.Id} keeps sections that nobody needs, or not those that are needed");
        foreach (var (section, count) in held) Expect.That(state.Bodies.HoldsOf(section) == count, $"section {section} of partition {state.Id} is held {count} times, and {state.Bodies.HoldsOf(section)} are counted");
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
                    Expect.That(lane.Unacknowledged[i].Number == lane.Acknowledged + 1 + (ulong)i, $"the lane {from.Id} to {lane.To} has a hole");
                }

                var applied = states[lane.To].Lanes.Applied(from.Id);
                Expect.That(applied >= lane.Acknowledged && applied <= lane.LastNumber, $"the lane {from.Id} to {lane.To} was applied up to {applied}, acknowledged up to {lane.Acknowledged}, and ends at {lane.LastNumber}");
                var sends = 0;
                for (var i = 0; i < lane.Unacknowledged.Count; i++) sends += lane.Unacknowledged[i].Kind is LaneRecordKind.Send or LaneRecordKind.OpeningAsked ? 1 : 0;

                // Sends that waited for an opening go out together when it is answered: at most the undecided ones of each device.
                Expect.That(sends <= from.Limits.LaneCredit + (users * from.Limits.UndecidedSends), $"P9: the lane {from.Id} to {lane.To} exceeds its credit by {sends}");
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
                foreach (var membership in user.Memberships.All.ToArray())
                {
                    if (membership.Conversation is not { } conversation) continue;
                    Expect.That(membership.Head == conversation.Head, $"the home of {user.Id} and {membership.Other} lags behind itself");
                    var other = states[state.Map.Of(membership.Other)];
                    var there = other.Users.TryGet(membership.Other, out var shell) && shell.Memberships.TryGet(user.Id, out var theirs) ? theirs.Head : 0;
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

                    Expect.That(there + underWay == conversation.Head, $"{user.Id} and {membership.Other}: accepted is not delivered and pending");
                }
            }
        }
    }

    // Every row is found by its id, and who is kept is kept once.
    private static void CheckTable(UserTable users)
    {
        var kept = 0;
        for (var place = 0; place < users.Count; place++)
        {
            var user = users[place];
            Expect.That(users.PlaceOf(user.Id) == place && user.Place == place, $"{user.Id} is not found where it stands");
            if (!user.IsKept) continue;
            kept++;
            Expect.That(users.TryGet(user.Id, out var found) && ReferenceEquals(found, user), $"{user.Id} is kept twice");
        }

        Expect.That(users.KeptCount == kept, $"{kept} users are kept, and {users.KeptCount} are counted");
    }

    private static (long Waiting, long Undecided) Count(PartitionState state)
    {
        var (waiting, undecided) = (0L, 0L);
        for (var i = 0; i < state.Users.Count; i++)
        {
            var user = state.Users[i];
            foreach (var slot in user.Slots) undecided += slot.Device?.PendingSends ?? 0;
            foreach (var membership in user.Memberships.All) waiting += membership.CountWaiting();
        }

        return (waiting, undecided);
    }

    private static void CheckUser(PartitionState state, User user, Dictionary<ulong, int> held)
    {
        var limits = state.Limits;
        foreach (var device in user.Slots.ToArray().Select(slot => slot.Device).OfType<Device>())
        {
            var pending = 0;
            for (var i = 0; i < device.Answers.Count; i++)
            {
                Expect.That(device.Answers[i].Number == device.Mark - (ulong)device.Answers.Count + 1 + (ulong)i, $"the answers of {device.Id} have holes");
                if (!device.Answers[i].Pending) continue;
                pending++;
                Hold(held, device.Answers[i].Body);
            }

            Expect.That(device.PendingSends == pending, $"{pending} sends of {device.Id} are undecided, and {device.PendingSends} are counted");
            Expect.That(pending <= limits.UndecidedSends, $"P9: {pending} undecided sends");
            Expect.That(device.Answers.Count <= limits.UnsettledAnswers, $"P9: {device.Answers.Count} unsettled answers");
        }

        var entries = new int[user.Slots.Length];
        var bytes = new long[user.Slots.Length];
        foreach (var membership in user.Memberships.All) CheckMembership(user, membership, entries, bytes, held);
        for (var i = 0; i < user.Slots.Length; i++)
        {
            var slot = user.Slots[i];
            Expect.That(slot.WaitingEntries == entries[i] && slot.WaitingBytes == bytes[i], $"what waits for slot {i} of {user.Id} is counted wrongly");

            // What was accepted before the recipient's home could say "full" still comes.
            var overshoot = (state.Map.Count > 1 ? limits.LaneCredit + (15 * limits.UndecidedSends) : 0) + 1;
            Expect.That(slot.WaitingEntries <= limits.OutboxEntries + overshoot, $"P9: the outbox of {user.Id}, slot {i}");
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
            Expect.That(delivered <= membership.Head, $"a cursor of {user.Id} is beyond the head");
            lowest = Math.Min(lowest, delivered);
            foreach (ref readonly var run in membership.Runs)
            {
                if (delivered >= run.Last) continue;
                Expect.That(delivered < run.First, $"a cursor of {user.Id} stands in a spilled run");
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

        Expect.That(start == lowest + 1, $"the tail of {user.Id} with {membership.Other} is not what somebody waits for");
        foreach (ref readonly var run in membership.Runs) held[run.IndexBody.Section] = held.GetValueOrDefault(run.IndexBody.Section) + run.Count + 1;
        for (var sequence = membership.SpilledUpTo + 1; sequence <= membership.Head; sequence++)
        {
            if (!membership.Entry(sequence).IsHidden) Hold(held, membership.Entry(sequence).Body);
        }

        Expect.That(membership.Read <= membership.Delivered, $"P5: {user.Id} has read before delivered");
        Expect.That(membership.OtherRead <= membership.OtherDelivered, $"P5: {membership.Other} has read before delivered");
    }

    private static void Hold(Dictionary<ulong, int> held, BodyRef body)
    {
        if (!body.IsNone) held[body.Section] = held.GetValueOrDefault(body.Section) + 1;
    }
}
