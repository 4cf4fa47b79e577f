namespace ChatServer.Host;

/// <summary>What <c>chatserver user</c> , <c>status</c> and <c>backup</c> can ask for.</summary>
internal enum AdminCommand
{
    /// <summary>Never asked for; what a request without a command has.</summary>
    None,

    /// <summary>Makes an account, trusted or not.</summary>
    AddUser,

    /// <summary>Names accounts in byte order, after one, up to a number.</summary>
    ListUsers,

    /// <summary>Gives an account another password.</summary>
    SetPassword,

    /// <summary>Removes an account with its devices and what waits for them.</summary>
    RemoveUser,

    /// <summary>What became of every message, and what is on disk.</summary>
    Status,

    /// <summary>A copy of the data directory at a path.</summary>
    BackUp,
}
