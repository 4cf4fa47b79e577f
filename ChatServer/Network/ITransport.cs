using System.Net;

namespace ChatServer.Network;

/// <summary>
/// Where a loop's connections come from and the only place where it waits. All members but <see cref="Wake"/> belong to the loop's
/// thread; nothing above knows how readiness is found out.
/// </summary>
internal interface ITransport : IDisposable
{
    /// <summary>Waits until something is ready, somebody called <see cref="Wake"/>, or time is up; gives what is ready.</summary>
    int Poll(Span<PollEvent> events, TimeSpan timeout);

    /// <summary>Ends a wait, now or the next one. Any thread.</summary>
    void Wake();

    /// <summary>Takes connections from here on; port 0 lets the system choose. Gives where.</summary>
    IPEndPoint Listen(IPEndPoint endPoint, AcceptLimits limits);

    void StopListening();

    /// <summary>Takes over a connection that another transport has let go with <see cref="Detach"/>, with what it had buffered.</summary>
    void Attach(Connection connection);

    /// <summary>Lets a connection go, whose reading is paused: readiness that was found here and not told is not told any more.</summary>
    void Detach(Connection connection);
}
