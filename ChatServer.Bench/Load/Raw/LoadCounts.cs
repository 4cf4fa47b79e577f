namespace ChatServer.Bench.Load.Raw;

/// <summary>What a phase counts a second, and times.</summary>
internal enum LoadCounts
{
    /// <summary>Acknowledged; timed from being due to being received.</summary>
    Messages,

    /// <summary>Received.</summary>
    Received,

    /// <summary>Timed from connecting to Welcome.</summary>
    Logins,
}
