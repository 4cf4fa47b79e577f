namespace ChatServer.Host;

/// <summary>Who may make an account over the wire. Accounts made by <c>chatserver user add</c> are not concerned.</summary>
internal enum RegistrationMode
{
    /// <summary>Whoever reaches the port, if that is on loopback only; else nobody. Made for trying out.</summary>
    Loopback,

    /// <summary>Whoever reaches the port.</summary>
    Open,

    /// <summary>Nobody.</summary>
    Closed,
}
