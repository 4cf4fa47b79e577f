namespace ChatServer.Bench.Fuzz.Mutation;

/// <summary>An element of a body, in the order they begin.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="ContentStart">The first byte of its content: of the characters of a string, of the first element of an array.</param>
/// <param name="End">Behind its last byte.</param>
/// <param name="Parent">The index of the array around it; -1 for the body.</param>
/// <param name="Count">Elements of an array, bytes of a string or of bin.</param>
/// <param name="Depth">Arrays around it.</param>
internal readonly record struct MessagePackElement(int Start, int ContentStart, int End, int Parent, int Count, int Depth)
{
    public const int NoParent = -1;
}
