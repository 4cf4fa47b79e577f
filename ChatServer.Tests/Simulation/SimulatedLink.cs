using System.Net;

namespace ChatServer.Tests.Simulation;

/// <summary>One connection of the simulated network, with its two ends.</summary>
internal sealed class SimulatedLink(Schedule schedule, NetworkWeather weather, IPAddress from)
{
    public IPAddress From => from;

    /// <summary>Client to server.</summary>
    public SimulatedPipe Up { get; } = new(schedule, weather);

    /// <summary>Server to client.</summary>
    public SimulatedPipe Down { get; } = new(schedule, weather);

    /// <summary>The server has it no more.</summary>
    public bool IsServerGone { get; private set; }

    public bool IsClientGone { get; private set; }

    /// <summary>The client's side ends: in good order, or so that the server sees a break.</summary>
    public void CloseByClient(bool breaks)
    {
        if (IsClientGone) return;
        IsClientGone = true;
        Down.Arrived = null;
        if (breaks) Up.Break();
        else Up.End();
    }

    /// <summary>The client is gone without a word: no byte comes through any more, and nobody is told.</summary>
    public void FallSilent()
    {
        Up.IsSilent = true;
        Down.IsSilent = true;
    }

    public void CloseByServer()
    {
        if (IsServerGone) return;
        IsServerGone = true;
        Up.Arrived = null;
        Down.Emptied = null;
        // As TCP does: who closes with bytes unread resets, and that may overtake what was sent.
        if (Up.Readable > 0) Down.Break();
        else Down.End();
    }

    /// <summary>The machine of the server is gone: its kernel's buffers with it.</summary>
    public void CrashServer()
    {
        if (IsServerGone) return;
        IsServerGone = true;
        Up.Arrived = null;
        Down.Emptied = null;
        Down.Break();
    }
}
