namespace ChatServer.Storage;

/// <summary>A record whose checksum was right.</summary>
internal readonly ref struct RecoveredRecord
{
    public byte Kind { get; init; }

    public byte Version { get; init; }

    public ReadOnlySpan<byte> Body { get; init; }

    public RecordSpan Span { get; init; }
}
