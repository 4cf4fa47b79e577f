using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>The part of <see cref="PartitionSnapshot"/> that holds the lanes.</summary>
internal static class LaneSnapshot
{
    public static void Write(RecordWriter writer, Lanes lanes)
    {
        for (var peer = 0; peer < lanes.Count; peer++)
        {
            writer.Number(lanes.Applied(peer));
            var lane = lanes.Existing(peer);
            writer.Number(lane?.LastNumber ?? 0);
            writer.Number((ulong)(lane?.Unacknowledged.Count ?? 0));
            for (var i = 0; i < lane?.Unacknowledged.Count; i++) Write(writer, lane.Unacknowledged[i]);
        }
    }

    public static void Read(ref RecordReader reader, PartitionState state)
    {
        for (var peer = 0; peer < state.Lanes.Count; peer++)
        {
            state.Lanes.RestoreApplied(peer, reader.Number());
            var last = reader.Number();
            var count = reader.Count(int.MaxValue);
            if (last == 0) continue;
            if ((ulong)count > last) throw new InvalidDataException($"A lane of a snapshot keeps {count} records and has sent {last}");
            var lane = state.Lanes.To(peer);
            lane.Restore(last);
            for (var number = last - (ulong)count + 1; number <= last; number++)
            {
                var record = Read(ref reader) with { From = state.Id, To = peer, Number = number };
                state.Lanes.RestoreUnacknowledged(lane, record);
                if (!record.Body.IsNone) state.Bodies.Hold(record.Body);
            }
        }
    }

    private static void Write(RecordWriter writer, in LaneRecord record)
    {
        writer.Byte((byte)record.Kind);
        writer.Id(record.User);
        writer.Id(record.Device);
        writer.Id(record.Other);
        writer.Number(record.SendNumber);
        writer.Number(record.Sequence);
        writer.Number(record.Time);
        writer.Number((ulong)record.Code);
        writer.Byte(record.ContentKind);
        writer.Byte((byte)record.Status);
        writer.Number(record.Delivered);
        writer.Number(record.Read);
        writer.Body(record.Body);
    }

    private static LaneRecord Read(ref RecordReader reader) => new()
    {
        Kind = (LaneRecordKind)reader.Byte(),
        User = reader.User(),
        Device = reader.Device(),
        Other = reader.User(),
        SendNumber = reader.Number(),
        Sequence = reader.Number(),
        Time = reader.Number(),
        Code = (ErrorCode)reader.Number(),
        ContentKind = reader.Byte(),
        Status = (RecipientStatus)reader.Byte(),
        Delivered = reader.Number(),
        Read = reader.Number(),
        Body = reader.Body(),
    };
}
