namespace ChatServer.Storage;

/// <summary>Walks a record area that was verified before: every length in it is known to fit.</summary>
internal ref struct RecordEnumerator
{
    private readonly ReadOnlySpan<byte> _records;
    private int _offset;
    private RecordSpan _span;

    public RecordEnumerator(ReadOnlySpan<byte> records) => _records = records;

    public readonly RecoveredRecord Current => new()
    {
        Kind = RecordFrame.Kind(_records[_span.Offset..]),
        Version = RecordFrame.Version(_records[_span.Offset..]),
        Body = _records.Slice(_span.Offset + RecordFrame.HeaderBytes, _span.Length - RecordFrame.HeaderBytes),
        Span = _span,
    };

    public bool MoveNext()
    {
        if (_offset == _records.Length) return false;
        _span = new RecordSpan(_offset, RecordFrame.HeaderBytes + RecordFrame.BodyLength(_records[_offset..]));
        _offset += _span.Length;
        return true;
    }
}
