namespace ChatServer.Tests.Simulation;

/// <summary>How the network is: delays, and into what pieces it cuts what is sent.</summary>
internal sealed class NetworkWeather(SimulationRandom random)
{
    public int MostDelayMicroseconds { get; set; } = 1_000;

    /// <summary>Most bytes that arrive at once; 0: all that were written at once.</summary>
    public int MostPieceBytes { get; set; }

    public long Delay() => 50 + random.Next(MostDelayMicroseconds);

    public bool LosesOnReset() => random.Next(2) == 0;

    public int PiecesOf(int bytes)
    {
        if (MostPieceBytes == 0 || bytes < 2) return bytes;
        // A frame of a kilobyte byte by byte is a thousand events that show no more than twenty.
        return Math.Max(1 + random.Next(MostPieceBytes), bytes / 20);
    }
}
