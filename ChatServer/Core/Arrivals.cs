using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>What comes by lane from other partitions. Applied at once, in the order of the lane, each record once.</summary>
internal sealed class Arrivals(PartitionState state, Journal journal, Sending sending, Delivery delivery)
{
    /// <summary>False for a record that was applied before: the sender has not heard of it and asks again.</summary>
    public bool Receive(in LaneRecord record, ReadOnlySpan<byte> payload)
    {
        var applied = state.Lanes.Applied(record.From);
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.LaneRepeatApplied) applied = record.Number - 1;
#endif
        if (record.Number <= applied) return false;
        Invariant.Holds(record.Number == applied + 1, "a lane has no gaps");
        var origin = new LaneOrigin(record.From, record.Number);
        switch (record.Kind)
        {
            case LaneRecordKind.Send: Decide(record, origin, payload); break;
            case LaneRecordKind.OpeningAsked: AnswerOpening(record, origin); break;
            case LaneRecordKind.OpeningAnswered: Open(record, origin); break;
            case LaneRecordKind.Entry: Enter(record, origin, payload); break;
            case LaneRecordKind.Decision: TakeDecision(record, origin); break;
            case LaneRecordKind.Marks: TakeMarks(record, origin); break;
            case LaneRecordKind.RecipientStatus:
                journal.Emit(new RecipientStatusArrived { Origin = origin, Recipient = record.User, Other = record.Other, Status = record.Status });
                break;
            default: throw new InvalidDataException($"A lane record has kind {record.Kind}");
        }

        return true;
    }

    private void Decide(in LaneRecord record, LaneOrigin origin, ReadOnlySpan<byte> payload)
    {
        var refusal = sending.RefusalFor(record.Other, record.User);
        if (refusal != ErrorCode.None)
        {
            journal.Emit(new Rejected
            {
                Origin = origin, User = record.User, Device = record.Device, To = record.Other, SendNumber = record.SendNumber, Code = refusal,
            });
            return;
        }

        sending.MakeRoom(state.Existing(record.Other));
        journal.Emit(new Sequenced
        {
            Message = Message(record, payload), Origin = origin, To = record.Other, Sequence = state.Conversation(record.User, record.Other).Head + 1, Time = sending.TimeNow(),
        });
        sending.Entered(record.User, record.Other);
    }

    private void AnswerOpening(in LaneRecord record, LaneOrigin origin)
    {
        var code = !state.Exists(record.Other) ? ErrorCode.UnknownRecipient : ErrorCode.None;
        journal.Emit(new OpeningAnswered { Origin = origin, User = record.User, To = record.Other, Code = code });
    }

    private void Open(in LaneRecord record, LaneOrigin origin)
    {
        journal.Emit(new Opened { Origin = origin, User = record.User, To = record.Other, Code = record.Code });
        var membership = state.Existing(record.User).Join(record.Other);
        while (membership.AwaitingOpening.Count > 0)
        {
            var (deviceId, number) = membership.AwaitingOpening[0];
            var accepted = record.Code == ErrorCode.None;
            if (accepted) sending.MakeRoom(state.Existing(record.User), deviceId);
            journal.Emit(new Decided
            {
                Origin = LaneOrigin.Local, User = record.User, Device = deviceId, To = record.Other, SendNumber = number, ContentKind = 1, Code = record.Code,
                Sequence = accepted ? state.Conversation(record.User, record.Other).Head + 1 : 0, Time = accepted ? sending.TimeNow() : 0,
            });
            Announce(record.User, deviceId, record.Other, number, accepted);
        }
    }

    private void Enter(in LaneRecord record, LaneOrigin origin, ReadOnlySpan<byte> payload)
    {
        if (state.Find(record.Other) is { } user) sending.MakeRoom(user);
        journal.Emit(new EntryArrived
        {
            Message = Message(record, payload), Origin = origin, To = record.Other, Sequence = record.Sequence, Time = record.Time,
        });
        if (state.Find(record.Other) is { } reader) delivery.Arrived(reader, reader.Join(record.User));
    }

    private void TakeDecision(in LaneRecord record, LaneOrigin origin)
    {
        if (record.Code == ErrorCode.None && state.Find(record.User) is { } user) sending.MakeRoom(user, record.Device);
        journal.Emit(new Decided
        {
            Origin = origin, User = record.User, Device = record.Device, To = record.Other, SendNumber = record.SendNumber, ContentKind = record.ContentKind,
            Code = record.Code, Sequence = record.Sequence, Time = record.Time,
        });
        Announce(record.User, record.Device, record.Other, record.SendNumber, record.Code == ErrorCode.None);
    }

    private void Announce(UserId sender, DeviceId deviceId, UserId to, ulong number, bool accepted)
    {
        if (state.Find(sender) is not { } user) return;
        if (user.Find(deviceId) is { } device && device.HasAnswer(number)) sending.Answer(device, number, duplicate: false);
        if (accepted) delivery.Arrived(user, user.Join(to));
    }

    private void TakeMarks(in LaneRecord record, LaneOrigin origin)
    {
        journal.Emit(new MarksArrived { Origin = origin, Author = record.Other, Reader = record.User, Delivered = record.Delivered, Read = record.Read });
        if (state.Find(record.Other) is { } author && author.Memberships.TryGet(record.User, out var membership)) delivery.Marked(author, membership);
    }

    private static Authored Message(in LaneRecord record, ReadOnlySpan<byte> payload) => new()
    {
        Sender = record.User, Device = record.Device, SendNumber = record.SendNumber, ContentKind = record.ContentKind, Payload = payload,
    };
}
