namespace ChatServer.Bench.Fuzz;

/// <summary>What one input may cost the code that is fuzzed; the harness around it is not counted.</summary>
/// <param name="AllocatedPerByte">Bytes allocated for each byte of input.</param>
/// <param name="AllocatedFixed">Bytes allocated on top.</param>
/// <param name="Time">From the first byte to the verdict.</param>
internal readonly record struct FuzzBounds(int AllocatedPerByte, int AllocatedFixed, TimeSpan Time)
{
    /// <summary>
    /// What a frame's decoder may cost. The fixed part is a quarter of the 4 KiB that are promised: nothing in a decoder allocates but
    /// the texts of a frame, of which the longest (an Error's detail, 256 bytes) makes a string of 534 bytes.
    /// </summary>
    public static FuzzBounds Frame { get; } = new(8, 1_024, TimeSpan.FromMilliseconds(5));

    public long Allocated(int inputBytes) => ((long)AllocatedPerByte * inputBytes) + AllocatedFixed;
}
