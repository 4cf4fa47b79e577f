namespace ChatServer.Core.Records;

/// <summary>The receiver of a lane has applied everything up to a number; it need not be kept for it any longer.</summary>
internal readonly struct LaneAcknowledged : IRecord<LaneAcknowledged>
{
    public static RecordKind Kind => RecordKind.LaneAcknowledged;

    public int Peer { get; init; }

    public ulong UpTo { get; init; }

    public static LaneAcknowledged Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new LaneAcknowledged { Peer = reader.Count(4095), UpTo = reader.Number() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Number((ulong)Peer);
        writer.Number(UpTo);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var lane = state.Lanes.To(Peer);
        Invariant.Holds(UpTo <= lane.LastNumber, "only what was sent is acknowledged");
        while (lane.Acknowledged < UpTo)
        {
            var record = lane.RemoveAcknowledged();
            if (!record.Body.IsNone) state.Bodies.Release(record.Body);
            if (record.Kind != LaneRecordKind.Marks) continue;
            var membership = state.Existing(record.User).Join(record.Other);
            membership.MarksUnderWay = false;
#if MUTANTS
            if (PlantedBugs.Active == PlantedBug.MarksNotToldAgain) continue;
#endif
            state.TellMarks(membership);
        }
    }
}
