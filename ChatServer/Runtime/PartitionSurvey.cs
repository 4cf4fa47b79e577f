namespace ChatServer.Runtime;

/// <summary>Looks at all partitions, with one act for each loop: a busy loop has few moments between drains.</summary>
internal static class PartitionSurvey
{
    /// <param name="partitions">How many there are.</param>
    /// <param name="between">Reaches the loops.</param>
    /// <param name="look">Called for each partition, on the thread of its loop; short.</param>
    public static void Run(int partitions, BetweenDrains between, Action<PartitionSlot> look)
    {
        var seen = new bool[partitions];
        for (var partition = 0; partition < partitions; partition++)
        {
            if (seen[partition]) continue;
            between(partition, loop =>
            {
                foreach (var slot in loop.Slots)
                {
                    seen[slot.Partition.Id] = true;
                    look(slot);
                }
            });
        }
    }
}
