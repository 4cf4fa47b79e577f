namespace ChatServer.Bench.Checking;

/// <summary>All messages of a history in the order in which they were first sent. In pieces, so that growing copies nothing.</summary>
internal sealed class CheckedMessages
{
    private const int PieceBits = 10;
    private const int PieceLength = 1 << PieceBits;

    private readonly List<CheckedMessage[]> _pieces = [];

    public int Count { get; private set; }

    public ref CheckedMessage this[int index] => ref _pieces[index >> PieceBits][index & (PieceLength - 1)];

    public int Add(in CheckedMessage message)
    {
        if (Count >> PieceBits == _pieces.Count) _pieces.Add(new CheckedMessage[PieceLength]);
        this[Count] = message;
        return Count++;
    }
}
