namespace ChatServer.Host;

/// <summary>Does what is asked and says what became of it, once it is durable. Called from any thread, several at a time.</summary>
internal delegate Task<AdminAnswer> AdminHandler(AdminRequest request, CancellationToken stop);
