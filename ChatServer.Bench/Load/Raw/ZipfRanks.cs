namespace ChatServer.Bench.Load.Raw;

/// <summary>Draws ranks 0 … n - 1, rank k in proportion to 1 / (k + 1)^skew: a few are drawn often, most seldom. With skew 0 all alike.</summary>
internal sealed class ZipfRanks
{
    private readonly double[] _upTo;

    public ZipfRanks(int count, double skew)
    {
        _upTo = new double[count];
        double sum = 0;
        for (var i = 0; i < count; i++) _upTo[i] = sum += Math.Pow(i + 1, -skew);
    }

    public int Draw(Random random)
    {
        var place = Array.BinarySearch(_upTo, random.NextDouble() * _upTo[^1]);
        return Math.Min(place < 0 ? ~place : place, _upTo.Length - 1);
    }
}
