namespace ChatServer.Storage;

/// <summary>Where the record area of a section begins in the log; <see cref="RecordSpan.Offset"/> is added to it.</summary>
internal readonly record struct SectionAddress(long LogAddress);
