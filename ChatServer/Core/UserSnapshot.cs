using System.Buffers;
using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>The part of <see cref="PartitionSnapshot"/> that holds one user with devices and conversations.</summary>
internal static class UserSnapshot
{
    public static void Write(RecordWriter writer, UserTable users, int place)
    {
        writer.Id(users.IdAt(place));
        writer.Flag(users.ExistsAt(place));
        writer.Flag(users.IsTrustedAt(place));
        writer.Bytes(users.PasswordHashAt(place));
        writer.Number(users.PasswordEpochAt(place));
        if (users.KeptAt(place) is not { } user)
        {
            writer.Rest(users.BareUser);
            return;
        }

        writer.Number(user.MarksVersion);
        writer.Number((ulong)user.SlotLimit);
        for (var i = 0; i < user.SlotLimit; i++)
        {
            var slot = i < user.Slots.Length ? user.Slots[i] : default;
            writer.Flag(slot.Active);
            writer.Number((ulong)slot.WaitingEntries);
            writer.Number((ulong)slot.WaitingBytes);
            writer.Flag(slot.Device is not null);
            if (slot.Device is { } device) Write(writer, device);
        }

        writer.Number((ulong)user.Memberships.Count);
        foreach (var membership in user.Memberships.All) MembershipSnapshot.Write(writer, membership);
    }

    /// <summary>What is written of a user of whom nothing is known but the row: no marks, one placeholder, no conversation.</summary>
    public static byte[] BareUser(int slots)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(output);
        writer.Number(0);
        writer.Number((ulong)slots);
        for (var i = 0; i < slots; i++) writer.Rest([i == 0 ? (byte)1 : (byte)0, 0, 0, 0]);
        writer.Number(0);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Adds a user to the state; what the payloads are needed for is noted there.</summary>
    public static void Read(ref RecordReader reader, PartitionState state)
    {
        var users = state.Users;
        var place = users.Restore(reader.UserBytes(), reader.Flag(), reader.Flag(), reader.Bytes(), reader.Number());
        if (reader.TrySkip(users.BareUser)) return;
        var user = users.Keep(place);
        user.MarksVersion = reader.Number();
        if (reader.Number() is var slots && slots != (ulong)user.SlotLimit)
        {
            throw new InvalidDataException($"A snapshot has {slots} places for devices, and {user.SlotLimit} are configured");
        }

        for (var i = 0; i < user.SlotLimit; i++)
        {
            var slot = new DeviceSlot
            {
                Active = reader.Flag(),
                WaitingEntries = reader.Count(int.MaxValue),
                WaitingBytes = (long)reader.Number(),
                Device = reader.Flag() ? ReadDevice(ref reader, (byte)i, state) : null,
            };
            if (i == 0 || !slot.IsUnused) user.SlotAt(i) = slot;
        }

        for (var count = reader.Count(int.MaxValue); count > 0; count--) MembershipSnapshot.Read(ref reader, user, state);
    }

    private static void Write(RecordWriter writer, Device device)
    {
        writer.Id(device.Id);
        writer.Number(device.AddedTime);
        writer.Number(device.LastSeen);
        writer.Fixed64(device.TokenFamily);
        writer.Number(device.TokenGeneration);
        writer.Flag(device.TokenUsed);
        writer.Bytes(device.UsedToken.AsSpan());
        writer.Bytes(device.NextToken.AsSpan());
        writer.Flag(device.TokensValid);
        writer.Fixed64(device.Instance);
        writer.Number(device.Attempt);
        writer.Number(device.Mark);
        writer.Number(device.Settled);
        writer.Number(device.MarksAcknowledged);
        writer.Flag(device.Detached);
        writer.Number((ulong)device.Answers.Count);
        for (var i = 0; i < device.Answers.Count; i++)
        {
            ref var answer = ref device.Answers[i];
            writer.Number(answer.Number);
            writer.Id(answer.To);
            writer.Fixed64(answer.ContentHash);
            writer.Flag(answer.Pending);
            writer.Number((ulong)answer.Code);
            writer.Number(answer.Sequence);
            writer.Number(answer.Time);
            writer.Body(answer.Body);
        }
    }

    private static Device ReadDevice(ref RecordReader reader, byte slot, PartitionState state)
    {
        var device = new Device(reader.Device(), slot, reader.Number())
        {
            LastSeen = reader.Number(),
            TokenFamily = reader.Fixed64(),
            TokenGeneration = (uint)reader.Number(),
            TokenUsed = reader.Flag(),
            UsedToken = reader.Hash(),
            NextToken = reader.Hash(),
            TokensValid = reader.Flag(),
            Instance = reader.Fixed64(),
            Attempt = (uint)reader.Number(),
            Mark = reader.Number(),
            Settled = reader.Number(),
            MarksAcknowledged = reader.Number(),
            Detached = reader.Flag(),
        };
        for (var count = reader.Count(int.MaxValue); count > 0; count--)
        {
            var answer = device.Answers.Add(new Answer
            {
                Number = reader.Number(),
                To = reader.User(),
                ContentHash = reader.Fixed64(),
                Pending = reader.Flag(),
                Code = (ErrorCode)reader.Number(),
                Sequence = reader.Number(),
                Time = reader.Number(),
                Body = reader.Body(),
            });
            if (!answer.Pending) continue;
            device.PendingSends++;
            state.Bodies.Hold(answer.Body);
        }

        return device;
    }
}
