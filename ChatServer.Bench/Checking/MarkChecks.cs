using System.Runtime.InteropServices;

namespace ChatServer.Bench.Checking;

/// <summary>P5: marks only rise, and say what a device of their user reported.</summary>
internal sealed class MarkChecks(CheckedWorld world, Findings findings, PlaceChecks places)
{
    public void Receipt(in HistoryEvent e)
    {
        if (!world.TryReader(world.Names.UserOf(e.Device), e.Conversation, out var reader)) return; // of what is not theirs nothing follows
        reader.ReportedDelivered = Math.Max(reader.ReportedDelivered, e.DeliveredUpTo);
        reader.ReportedRead = Math.Max(reader.ReportedRead, e.ReadUpTo);
    }

    public void Marks(in HistoryEvent e)
    {
        if (!world.TryStanding(e.Device, e.Conversation, out var standing) || !world.TryReader(e.User, e.Conversation, out var reader))
        {
            findings.FalseMarks++;
            findings.Found(Property.P5, $"{world.Names.NameOfDevice(e.Device)} was told of {world.Names.NameOfUser(e.User)} in {world.Names.NameOfConversation(e.Conversation)}, where one of them does not belong");
            return;
        }

        Rise(standing, e);
        var conversation = standing.Conversation;
        if (e.ReadUpTo > reader.ReportedRead || e.DeliveredUpTo > Math.Max(reader.ReportedDelivered, (ulong)conversation.Sent))
        {
            findings.FalseMarks++;
            findings.Found(Property.P5, $"{world.Names.NameOfDevice(e.Device)} was told that {world.Names.NameOfUser(e.User)} has {e.DeliveredUpTo} of {world.Names.NameOfConversation(e.Conversation)} and read {e.ReadUpTo}, who said {reader.ReportedDelivered} and {reader.ReportedRead}");
            return;
        }

        for (var sequence = Math.Max(reader.ReportedDelivered, reader.JudgedUpTo) + 1; sequence <= e.DeliveredUpTo; sequence++)
        {
            if (conversation.TryAt(sequence, out var index)) places.JudgeOwn(reader, sequence, index);
            else if (reader.MustBeOwn.TryAdd(sequence)) conversation.Undecided++;
        }

        reader.JudgedUpTo = Math.Max(reader.JudgedUpTo, e.DeliveredUpTo);
    }

    private void Rise(Standing standing, in HistoryEvent e)
    {
        var marks = CollectionsMarshal.AsSpan(standing.Marks);
        var index = 0;
        while (index < marks.Length && marks[index].User != e.User) index++;
        var now = new SeenMark(e.User, e.DeliveredUpTo, e.ReadUpTo);
        if (index == marks.Length)
        {
            standing.Marks.Add(now);
            return;
        }

        var before = marks[index];
        marks[index] = now;
        if (now.DeliveredUpTo >= before.DeliveredUpTo && now.ReadUpTo >= before.ReadUpTo) return;
        findings.FallenMarks++;
        findings.Found(Property.P5, $"the mark of {world.Names.NameOfUser(e.User)} in {world.Names.NameOfConversation(e.Conversation)} at {world.Names.NameOfDevice(e.Device)} fell from {before.DeliveredUpTo} and {before.ReadUpTo} to {now.DeliveredUpTo} and {now.ReadUpTo}");
    }
}
