using ChatServer.Core.Records;

namespace ChatServer.Core;

/// <summary>The part of <see cref="PartitionSnapshot"/> that holds one user's side of a conversation.</summary>
internal static class MembershipSnapshot
{
    public static void Write(RecordWriter writer, Membership membership)
    {
        writer.Id(membership.Other);
        writer.Flag(membership.IsOpen);
        writer.Flag(membership.IsOpening);
        writer.Flag(membership.HasAnswered);
        writer.Number((ulong)membership.AwaitingOpening.Count);
        for (var i = 0; i < membership.AwaitingOpening.Count; i++)
        {
            writer.Id(membership.AwaitingOpening[i].Device);
            writer.Number(membership.AwaitingOpening[i].Number);
        }

        WriteConversation(writer, membership.Conversation);
        writer.Number(membership.Read);
        writer.Number(membership.ToldDelivered);
        writer.Number(membership.ToldRead);
        writer.Flag(membership.MarksUnderWay);
        writer.Byte((byte)membership.ToldStatus);
        writer.Number(membership.OtherDelivered);
        writer.Number(membership.OtherRead);
        writer.Number(membership.MarksVersion);
        writer.Number(membership.Head);
        writer.Number(membership.Delivered);
        for (var slot = 0; slot < membership.User.SlotLimit; slot++) writer.Number(membership.DeliveredTo(slot));
        writer.Number((ulong)membership.Runs.Length);
        foreach (ref readonly var run in membership.Runs)
        {
            writer.Number(run.First);
            writer.Number((ulong)run.Count);
            writer.Number((ulong)run.Bytes);
            writer.Number(run.LastTime);
            writer.Body(run.IndexBody);
        }

        writer.Number(membership.Head - membership.SpilledUpTo);
        for (var sequence = membership.SpilledUpTo + 1; sequence <= membership.Head; sequence++)
        {
            var entry = membership.Entry(sequence);
            writer.Body(entry.Body);
            writer.Number(entry.Time);
            writer.Byte(entry.AuthorSlot);
        }
    }

    public static void Read(ref RecordReader reader, User user, PartitionState state)
    {
        var other = reader.User();
        if (user.Memberships.TryGet(other, out _)) throw new InvalidDataException($"User '{user.Id}' is in a conversation twice");
        var membership = user.Join(other);
        membership.IsOpen = reader.Flag();
        membership.IsOpening = reader.Flag();
        membership.HasAnswered = reader.Flag();
        for (var count = reader.Count(int.MaxValue); count > 0; count--) membership.AwaitingOpening.Add((reader.Device(), reader.Number()));
        membership.Conversation = ReadConversation(ref reader);
        membership.Read = reader.Number();
        membership.ToldDelivered = reader.Number();
        membership.ToldRead = reader.Number();
        membership.MarksUnderWay = reader.Flag();
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.SnapshotForgetsMarksUnderWay) membership.MarksUnderWay = false;
#endif
        membership.ToldStatus = (RecipientStatus)reader.Byte();
        membership.OtherDelivered = reader.Number();
        membership.OtherRead = reader.Number();
        membership.MarksVersion = reader.Number();
        var head = reader.Number();
        var deliveredMark = reader.Number();
        Span<ulong> delivered = new ulong[user.SlotLimit];
        for (var slot = 0; slot < delivered.Length; slot++) delivered[slot] = reader.Number();
        membership.Restore(head, deliveredMark, delivered);
        ReadTail(ref reader, membership, state);
    }

    // What does not add up could not have been written, and would be met later, in the middle of something else.
    private static void ReadTail(ref RecordReader reader, Membership membership, PartitionState state)
    {
        ulong next = 0;
        for (var count = reader.Count(int.MaxValue); count > 0; count--)
        {
            var (first, entries, bytes, lastTime) = (reader.Number(), reader.Count(SpilledRun.MaxEntries), (long)reader.Number(), reader.Number());
            var index = reader.Body();
            if (!index.IsCold || entries == 0 || first == 0 || (next != 0 && first != next)) throw new InvalidDataException("A spilled run does not follow the one before it");
            next = first + (ulong)entries;
            membership.RestoreRun(new SpilledRun(first, entries, bytes, lastTime, index.ColdFile, index.Record), state);
        }

        var inMemory = reader.Count(int.MaxValue);
        if ((ulong)inMemory > membership.Head || (next != 0 && next != membership.Head - (ulong)inMemory + 1))
            throw new InvalidDataException("A tail does not end at the head of its conversation");
        for (; inMemory > 0; inMemory--) membership.RestoreEntry(new TailEntry(reader.Body(), reader.Number(), reader.Byte()), state);
    }

    private static void WriteConversation(RecordWriter writer, DirectConversation? conversation)
    {
        writer.Flag(conversation is not null);
        if (conversation is null) return;
        writer.Number(conversation.Head);
        writer.Byte((byte)conversation.StatusOf(isSmaller: true));
        writer.Byte((byte)conversation.StatusOf(isSmaller: false));
    }

    private static DirectConversation? ReadConversation(ref RecordReader reader)
    {
        if (!reader.Flag()) return null;
        var conversation = new DirectConversation { Head = reader.Number() };
        conversation.StatusOf(isSmaller: true) = (RecipientStatus)reader.Byte();
        conversation.StatusOf(isSmaller: false) = (RecipientStatus)reader.Byte();
        return conversation;
    }
}
