namespace ChatServer.Protocol.Wire;

/// <summary>What the secret in Hello is. A server answers <see cref="ErrorCode.Unsupported"/> to others.</summary>
public enum LoginMethod : byte
{
    /// <summary>None: not valid on the wire.</summary>
    None = 0,

    /// <summary>The user's password, UTF-8.</summary>
    Password = 1,

    /// <summary>The token of this device, as the last Welcome carried it.</summary>
    DeviceToken = 2,

    /// <summary>The password of a user to be made, UTF-8.</summary>
    Register = 3,
}
