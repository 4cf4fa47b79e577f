using System.Globalization;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// How many bytes messages have: one number, or several with weights, <c>60:70,300:25,4000:5</c>. Which message has which follows from
/// its sender and number, so that it can be made again.
/// </summary>
internal sealed class PayloadSizes
{
    private const int WeightMax = 10_000;

    private readonly int[] _bytes;
    private readonly int[] _upTo;

    private PayloadSizes(int[] bytes, int[] upTo)
    {
        _bytes = bytes;
        _upTo = upTo;
    }

    public int Largest => _bytes.Max();

    public static bool TryParse(string text, out PayloadSizes? sizes)
    {
        sizes = null;
        var parts = text.Split(',');
        var (bytes, upTo) = (new int[parts.Length], new int[parts.Length]);
        var sum = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var words = parts[i].Split(':');
            if (words.Length > 2 || !TryParse(words[0], LoadPayload.BytesMin, ProtocolLimits.PayloadBytes, out bytes[i])) return false;
            var weight = 1;
            if (words.Length == 2 && !TryParse(words[1], 1, WeightMax, out weight)) return false;
            upTo[i] = sum += weight;
        }

        sizes = new PayloadSizes(bytes, upTo);
        return true;
    }

    public int Of(int sender, ulong number)
    {
        if (_bytes.Length == 1) return _bytes[0];
        var drawn = (int)((((ulong)sender * 0x9e3779b97f4a7c15) ^ (number * 0xc2b2ae3d27d4eb4f)) >> 33) % _upTo[^1];
        var i = 0;
        while (_upTo[i] <= drawn) i++;
        return _bytes[i];
    }

    private static bool TryParse(string text, int least, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;
}
