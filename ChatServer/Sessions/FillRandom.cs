namespace ChatServer.Sessions;

/// <summary>Fills a span with bytes that nobody can foretell; in a simulation, with those of its seed.</summary>
internal delegate void FillRandom(Span<byte> destination);
