namespace ChatServer.Runtime;

/// <summary>Takes a piece of a partition: its number and place are what whoever gave it said of it.</summary>
internal delegate void TakePiece(int partition, ulong number, long place, ReadOnlySpan<byte> content);
