using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>The part of <see cref="PartitionSnapshot"/> that holds one user with devices and conversations.</summary>
internal static class UserSnapshot
{
    public static void Write(RecordWriter writer, User user)
    {
        writer.Id(user.Id);
        writer.Flag(user.Exists);
        writer.Flag(user.Trusted);
        writer.Bytes(user.PasswordHash);
        writer.Number(user.PasswordEpoch);
        writer.Number(user.MarksVersion);
        writer.Number((ulong)user.Slots.Length);
        foreach (var slot in user.Slots)
        {
            writer.Flag(slot.Active);
            writer.Number((ulong)slot.WaitingEntries);
            writer.Number((ulong)slot.WaitingBytes);
            writer.Flag(slot.Device is not null);
            if (slot.Device is { } device) Write(writer, device);
        }

        writer.Number((ulong)user.Memberships.Count);
        for (var i = 0; i < user.Memberships.Count; i++) MembershipSnapshot.Write(writer, user.Memberships.GetAt(i).Value);
    }

    /// <summary>A user who is not in the state yet; what the payloads are needed for is noted there.</summary>
    public static User Read(ref RecordReader reader, PartitionState state)
    {
        var user = new User(reader.User(), state.Limits);
        user.Exists = reader.Flag();
        user.Trusted = reader.Flag();
        user.PasswordHash = reader.Bytes().ToArray();
        user.PasswordEpoch = reader.Number();
        user.MarksVersion = reader.Number();
        if (reader.Number() is var slots && slots != (ulong)user.Slots.Length)
        {
            throw new InvalidDataException($"A snapshot has {slots} places for devices, and {user.Slots.Length} are configured");
        }

        for (var i = 0; i < user.Slots.Length; i++)
        {
            var slot = user.Slots[i];
            slot.Active = reader.Flag();
            slot.WaitingEntries = reader.Count(int.MaxValue);
            slot.WaitingBytes = (long)reader.Number();
            slot.Device = reader.Flag() ? ReadDevice(ref reader, (byte)i, state) : null;
        }

        for (var count = reader.Count(int.MaxValue); count > 0; count--) MembershipSnapshot.Read(ref reader, user, state);
        return user;
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
