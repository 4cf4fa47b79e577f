namespace ChatServer.Storage;

/// <summary>Takes one verified section at the start, in the order of the log. Its bytes are gone when this returns.</summary>
internal delegate void ReplaySection(ulong batchNumber, RecoveredSection section);
