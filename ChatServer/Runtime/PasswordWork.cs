namespace ChatServer.Runtime;

/// <summary>Hashes a password when there is no PHC string, compares it with the string otherwise.</summary>
internal delegate PasswordResult PasswordWork(ReadOnlySpan<byte> password, string? phc);
