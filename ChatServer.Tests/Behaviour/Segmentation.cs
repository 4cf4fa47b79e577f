namespace ChatServer.Tests.Behaviour;

/// <summary>The ways in which the same bytes may come.</summary>
internal static class Segmentation
{
    private const int MostSplits = 48;

    /// <summary>Whole, byte by byte, and in two pieces at every boundary; of long input, at boundaries spread over it.</summary>
    public static IEnumerable<IReadOnlyList<byte[]>> Of(byte[] bytes)
    {
        yield return [bytes];
        yield return [.. bytes.Select(one => (byte[])[one])];
        var step = Math.Max(1, bytes.Length / MostSplits);
        for (var at = 1; at < bytes.Length; at += step) yield return [bytes[..at], bytes[at..]];
    }
}
