namespace ChatServer.Host;

/// <summary>One account in a list.</summary>
internal sealed record AdminUser(string Name, bool Trusted, int Devices);
