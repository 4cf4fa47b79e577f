using NUnit.Framework;

namespace ChatServer.Tests.Simulation;

/// <summary>P9: every queue of the server within its bound, at every step; and what the server has to know at the end.</summary>
internal static class ShardAudit
{
    /// <summary>One frame may go past the bound, and the error that says so.</summary>
    private const int FramesPastTheBound = 2;

    private const int LargestFrameBytes = 20_000;

    public static void CheckQueues(ShardProcess process, ShardSettings settings)
    {
        foreach (var transport in process.Transports)
        {
            long partial = 0;
            foreach (var connection in transport.Open)
            {
                partial += connection.PartialBytes;
                if (connection.QueuedBytes > settings.SendQueueBytes + LargestFrameBytes) Assert.Fail($"P9: {connection.QueuedBytes} bytes wait for a connection");
                if (connection.QueuedFrames > settings.SendQueueFrames + FramesPastTheBound) Assert.Fail($"P9: {connection.QueuedFrames} frames wait for a connection");
            }

            if (partial != transport.PartialBytes) Assert.Fail($"P9: {partial} bytes of partial frames are counted as {transport.PartialBytes}");
        }

        foreach (var loop in process.Shard.Loops)
        {
            // Each drain that logs something is a batch; those that log nothing answer requests, of which a session has so many.
            if (loop.Partitions.HeldDrains > (settings.MemoryBytes / settings.SectorBytes) + (loop.Sessions.Count * 200) + 10) Assert.Fail($"P9: {loop.Partitions.HeldDrains} drains are held");
        }
    }

    /// <summary>What clients have settled is settled at the server, though they have nothing more to send; and they have all marks.</summary>
    public static bool IsSettled(IReadOnlyList<ShardClient> clients, ShardWorld world)
    {
        foreach (var client in clients)
        {
            if (world.HomeOf(client.User).Find(client.User) is not { } user || user.Find(client.Device) is not { } device) return false;
            if (device.Settled < client.Settled || device.MarksAcknowledged < user.MarksVersion) return false;
        }

        return true;
    }
}
