using System.Collections.Immutable;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace ChatServer.Host.Commands;

/// <summary>
/// Texts of the command line as values, or an error in the words of whoever typed it; the library's own errors name types of
/// .NET.
/// </summary>
internal static class OptionParsers
{
    private static readonly (string Suffix, long Factor)[] Units =
        [("KiB", 1_024), ("MiB", 1_024 * 1_024), ("GiB", 1_024 * 1_024 * 1_024)];

    public static int Whole(ArgumentResult result)
    {
        var text = Text(result);
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        return Refuse<int>(result, $"'{text}' is not a whole number that fits");
    }

    public static long Bytes(ArgumentResult result)
    {
        var text = Text(result);
        var (suffix, factor) = Array.Find(Units, unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        var digits = suffix is null ? text : text[..^suffix.Length];
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue)
            return number * Math.Max(1, factor);
        return Refuse<long>(result, $"'{text}' is not a number of bytes (65536, 64KiB, 16MiB)");
    }

    public static IPAddress Address(ArgumentResult result)
    {
        var text = Text(result);
        if (string.Equals(text, "localhost", StringComparison.OrdinalIgnoreCase)) return IPAddress.Loopback;
        return IPAddress.TryParse(text, out var address) ? address : Refuse<IPAddress>(result, $"'{text}' is not an IP address") ?? IPAddress.None;
    }

    public static ImmutableArray<IPNetwork> Networks(ArgumentResult result)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>(result.Tokens.Count);
        foreach (var token in result.Tokens)
        {
            if (IPNetwork.TryParse(token.Value, out var network)) networks.Add(network);
            else result.AddError($"{Name(result)}: '{token.Value}' is not a network such as 10.0.0.0/8");
        }

        return networks.ToImmutable();
    }

    /// <summary>One of the names of an enumeration, in lower case.</summary>
    public static T Choice<T>(ArgumentResult result)
        where T : struct, Enum
    {
        var text = Text(result);
        foreach (var value in Enum.GetValues<T>())
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase)) return value;
        return Refuse<T>(result, $"'{text}' is not one of {Choices<T>()}");
    }

    public static string Choices<T>()
        where T : struct, Enum => string.Join('|', Enum.GetNames<T>()).ToLowerInvariant();

    private static string Text(ArgumentResult result) => result.Tokens is [{ Value: var value }] ? value : "";

    private static string Name(ArgumentResult result) =>
        result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;

    private static T? Refuse<T>(ArgumentResult result, string reason)
    {
        result.AddError($"{Name(result)}: {reason}");
        return default;
    }
}
