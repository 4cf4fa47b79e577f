namespace ChatServer.Core;

/// <summary>What every user has, in 20 bytes: who it is, whether the account exists, and its password.</summary>
internal struct UserRow
{
    /// <summary>Address of the id.</summary>
    public uint Id;

    /// <summary>Address of the password's hash.</summary>
    public uint PasswordHash;

    /// <summary>Rises with every password, so that a check that took a while cannot open a session by an old one.</summary>
    public uint PasswordEpoch;

    /// <summary>Which of the kept users has what else there is; 0 when there is nothing.</summary>
    public int Kept;

    public bool Exists;

    public bool Trusted;
}
