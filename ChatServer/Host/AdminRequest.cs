namespace ChatServer.Host;

/// <summary>
/// One line from <c>chatserver user</c> to the server. The password is hashed where it was typed: neither it nor the time for
/// hashing thousands of them reaches the server. The hash is a secret too, and the text leaves it out.
/// </summary>
internal sealed record AdminRequest
{
    public AdminCommand Command { get; init; }

    /// <summary>Whom it is about; for a list: names after this one, all when empty.</summary>
    public string User { get; init; } = "";

    /// <summary>The PHC string (Argon2id) of the password to set.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Exempt from rates: bots, load tests.</summary>
    public bool Trusted { get; init; }

    /// <summary>Where a backup goes.</summary>
    public string Path { get; init; } = "";

    /// <summary>Before a status: everything stands still while garbage is collected and memory given back.</summary>
    public bool Collected { get; init; }

    /// <summary>Most accounts to name.</summary>
    public int Limit { get; init; }

    public override string ToString() => $"{Command} {User}";
}
