namespace ChatServer.Core.Records;

/// <summary>Recovery: the same records through the same code.</summary>
internal static class RecordReplay
{
    public static void Apply(PartitionState state, byte kind, ReadOnlySpan<byte> body, BodyRef self)
    {
        switch ((RecordKind)kind)
        {
            case RecordKind.UserAdded: Apply<UserAdded>(state, body, self); break;
            case RecordKind.PasswordSet: Apply<PasswordSet>(state, body, self); break;
            case RecordKind.UserRemoved: Apply<UserRemoved>(state, body, self); break;
            case RecordKind.DeviceOpened: Apply<DeviceOpened>(state, body, self); break;
            case RecordKind.DeviceRemoved: Apply<DeviceRemoved>(state, body, self); break;
            case RecordKind.TokensRevoked: Apply<TokensRevoked>(state, body, self); break;
            case RecordKind.DeviceClosed: Apply<DeviceClosed>(state, body, self); break;
            case RecordKind.DeviceDetached: Apply<DeviceDetached>(state, body, self); break;
            case RecordKind.SettledUpTo: Apply<SettledUpTo>(state, body, self); break;
            case RecordKind.SendPending: Apply<SendPending>(state, body, self); break;
            case RecordKind.Posted: Apply<Posted>(state, body, self); break;
            case RecordKind.SendRefused: Apply<SendRefused>(state, body, self); break;
            case RecordKind.Decided: Apply<Decided>(state, body, self); break;
            case RecordKind.Sequenced: Apply<Sequenced>(state, body, self); break;
            case RecordKind.Rejected: Apply<Rejected>(state, body, self); break;
            case RecordKind.EntryArrived: Apply<EntryArrived>(state, body, self); break;
            case RecordKind.OpeningAnswered: Apply<OpeningAnswered>(state, body, self); break;
            case RecordKind.Opened: Apply<Opened>(state, body, self); break;
            case RecordKind.Received: Apply<Received>(state, body, self); break;
            case RecordKind.MarksArrived: Apply<MarksArrived>(state, body, self); break;
            case RecordKind.RecipientStatusArrived: Apply<RecipientStatusArrived>(state, body, self); break;
            case RecordKind.LaneAcknowledged: Apply<LaneAcknowledged>(state, body, self); break;
            case RecordKind.Relocated: Apply<Relocated>(state, body, self); break;
            case RecordKind.Expired: Apply<Expired>(state, body, self); break;
            case RecordKind.Spilled: Apply<Spilled>(state, body, self); break;
            case RecordKind.Unspilled: Apply<Unspilled>(state, body, self); break;
            default: throw new InvalidDataException($"A record has kind {kind}, which this version does not know");
        }
    }

    private static void Apply<T>(PartitionState state, ReadOnlySpan<byte> body, BodyRef self)
        where T : struct, IRecord<T>, allows ref struct => T.Read(body).Apply(state, self);
}
