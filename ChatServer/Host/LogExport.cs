using System.Text.Json;
using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Runtime;
using ChatServer.Storage;

namespace ChatServer.Host;

/// <summary>
/// <c>chatserver log export</c>: what a stopped server's data directory holds, as lines of JSON: users with their devices,
/// conversations with their cursors, and every message that some device has still to get. The directory is verified as at a start.
/// </summary>
internal sealed class LogExport
{
    private readonly StoredLog _log;
    private readonly ShardRecovery _recovery;
    private readonly TextWriter _output;
    private readonly bool _withPayloads;
    private readonly byte[] _record = new byte[Partition.MaxRecordBytesPerInput];

    private LogExport(StoredLog log, ShardRecovery recovery, TextWriter output, bool withPayloads)
    {
        _log = log;
        _recovery = recovery;
        _output = output;
        _withPayloads = withPayloads;
    }

    /// <exception cref="StorageException">The directory does not verify.</exception>
    public static void Run(string path, bool withPayloads, TextWriter output)
    {
        using var log = StoredLog.Open(path);
        var recovery = CheckpointLoading.Load(log.Checkpoints, new PartitionMap(log.Directory.PartitionCount, log.Directory.HashSeed), new CoreLimits());
        log.Read(recovery.Start, recovery.Replay);
        recovery.RequirePayloads(log.Holds, log.Cold);
        var export = new LogExport(log, recovery, output, withPayloads);
        foreach (var state in recovery.States) export.Write(state);
    }

    private void Write(PartitionState state)
    {
        for (var i = 0; i < state.Users.Count; i++)
        {
            var user = state.Users[i];
            if (user.Exists) Write(json => WriteUser(json, user));
            foreach (var membership in user.Memberships.All) Write(state, user, membership);
        }
    }

    private void Write(PartitionState state, User user, Membership membership)
    {
        if (user.Exists) Write(json => WriteConversation(json, user, membership));
        foreach (ref readonly var run in membership.Runs)
        {
            var index = _record.AsSpan(0, run.Index.Length);
            _log.Cold.Read(run.File, run.Index, index);
            var reader = new RecordReader(index[RecordFrame.HeaderBytes..].ToArray());
            for (var sequence = run.First; sequence <= run.Last; sequence++)
            {
                var (place, entry) = (sequence, RunIndex.Read(ref reader, run.File));
                Write(json => WriteMessage(json, state.Id, user, membership, place, entry));
            }
        }

        for (var sequence = membership.SpilledUpTo + 1; sequence <= membership.Head; sequence++)
        {
            var entry = membership.Entry(sequence);
            var place = sequence;
            if (!entry.IsHidden) Write(json => WriteMessage(json, state.Id, user, membership, place, entry));
        }
    }

    private static void WriteUser(Utf8JsonWriter json, User user)
    {
        json.WriteString("user", user.Id.Value);
        json.WriteBoolean("trusted", user.Trusted);
        json.WriteStartArray("devices");
        foreach (var slot in user.Slots)
        {
            if (slot.Device is not { } device) continue;
            json.WriteStartObject();
            json.WriteString("device", device.Id.Value);
            json.WriteNumber("addedTime", device.AddedTime);
            json.WriteNumber("lastSeen", device.LastSeen);
            json.WriteNumber("lastSendNumber", device.Mark);
            json.WriteNumber("waiting", slot.WaitingEntries);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteConversation(Utf8JsonWriter json, User user, Membership membership)
    {
        json.WriteString("conversationOf", user.Id.Value);
        json.WriteString("with", membership.Other.Value);
        json.WriteNumber("head", membership.Head);
        json.WriteNumber("delivered", membership.Delivered);
        json.WriteNumber("read", membership.Read);
    }

    private void WriteMessage(Utf8JsonWriter json, int partition, User user, Membership membership, ulong sequence, in TailEntry entry)
    {
        var record = _record.AsSpan(0, entry.Body.Record.Length);
        if (entry.Body.IsCold) _log.Cold.Read(entry.Body.ColdFile, entry.Body.Record, record);
        else _log.ReadRecord(_recovery.AddressOf(partition, entry.Body.Section), entry.Body.Record, record);
        var reader = new RecordReader(record[RecordFrame.HeaderBytes..]);
        var message = Authored.Read(ref reader);
        json.WriteString("messageFor", user.Id.Value);
        json.WriteString("with", membership.Other.Value);
        json.WriteNumber("sequence", sequence);
        json.WriteString("sender", message.Sender.Value);
        json.WriteString("device", message.Device.Value);
        json.WriteNumber("time", entry.Time);
        json.WriteNumber("kind", message.ContentKind);
        if (_withPayloads) json.WriteBase64String("payload", message.Payload);
        else json.WriteNumber("payloadBytes", message.Payload.Length);
    }

    private void Write(Action<Utf8JsonWriter> fields)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        _output.WriteLine(System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }
}
