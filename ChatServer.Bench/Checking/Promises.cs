namespace ChatServer.Bench.Checking;

/// <summary>P1: what was promised, to which devices it is due, and which of them did not keep it yet.</summary>
internal sealed class Promises(CheckedWorld world)
{
    /// <summary>Promised, due and not kept, over all devices of which it is known that they are there.</summary>
    public long Owed { get; private set; }

    public long Acknowledged { get; private set; }

    /// <summary>Whether it has to reach the device: others wrote it after the device was there.</summary>
    public bool IsDue(CheckedDevice device, int message) => message >= device.DueFrom && world.LifeOf(world.Messages[message]).Device != device;

    /// <summary>An answer that no crash can take back.</summary>
    public void Promise(int index)
    {
        ref var message = ref world.Messages[index];
        message.IsPromised = true;
        Acknowledged++;
        foreach (var standing in world.Conversation(message.Conversation).Standings)
        {
            if (IsDue(standing.Device, index) && !standing.Kept.Contains(message.Sequence)) Owe(standing.Device, 1);
        }
    }

    /// <summary>A device kept a message for the first time.</summary>
    public void Keep(CheckedDevice device, int message)
    {
        if (world.Messages[message].IsPromised && IsDue(device, message)) Owe(device, -1);
    }

    /// <summary>From now on other messages are due than before.</summary>
    public void DueFrom(CheckedDevice device, int message)
    {
        Owe(device, -device.Owed);
        device.DueFrom = message;
        if (message < world.Messages.Count) Owe(device, device.Standings.Sum(standing => Missing(standing).LongCount()));
    }

    public void Suspend(CheckedDevice device, bool isSuspended)
    {
        if (device.IsSuspended == isSuspended) return;
        device.IsSuspended = isSuspended;
        Owed += isSuspended ? -device.Owed : device.Owed;
    }

    /// <summary>What a device of a conversation should have kept and did not.</summary>
    public IEnumerable<int> Missing(Standing standing)
    {
        for (ulong sequence = 1; sequence <= standing.Conversation.Head; sequence++)
        {
            if (!standing.Conversation.TryAt(sequence, out var message) || standing.Kept.Contains(sequence)) continue;
            if (world.Messages[message].IsPromised && IsDue(standing.Device, message)) yield return message;
        }
    }

    /// <summary>The promise that was made first of those that devices of which <paramref name="isAsked"/> is true did not keep.</summary>
    public (Standing Standing, int Message)? FirstMissing(Func<CheckedDevice, bool> isAsked)
    {
        (Standing Standing, int Message)? first = null;
        foreach (var standing in world.Conversations.SelectMany(conversation => conversation.Standings))
        {
            if (standing.Device.IsSuspended || standing.Device.Owed == 0 || !isAsked(standing.Device)) continue;
            foreach (var message in Missing(standing))
            {
                if (first is null || world.Messages[message].Event < world.Messages[first.Value.Message].Event) first = (standing, message);
            }
        }

        return first;
    }

    private void Owe(CheckedDevice device, long more)
    {
        device.Owed += more;
        if (!device.IsSuspended) Owed += more;
    }
}
