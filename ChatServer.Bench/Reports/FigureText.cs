using System.Globalization;

namespace ChatServer.Bench.Reports;

/// <summary>Numbers as people read them: three digits that count, thousands apart, bytes in the unit that fits.</summary>
internal static class FigureText
{
    private const int Kibi = 1024;

    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Of(double value, FigureUnit unit) => unit switch
    {
        FigureUnit.Bytes => Bytes(value),
        FigureUnit.Count => value == Math.Floor(value) ? value.ToString("#,0", CultureInfo.InvariantCulture) : Number(value),
        _ => Number(value),
    };

    public static string WithUnit(double value, FigureUnit unit)
    {
        var name = NameOf(unit);
        return name.Length == 0 ? Of(value, unit) : $"{Of(value, unit)} {name}";
    }

    /// <summary>Empty where the number says it itself.</summary>
    public static string NameOf(FigureUnit unit) => unit switch
    {
        FigureUnit.Seconds => "s",
        FigureUnit.Milliseconds => "ms",
        FigureUnit.PerSecond => "/s",
        FigureUnit.CpuSecondsPerMillion => "CPU s/M",
        _ => "",
    };

    /// <summary>As short as it can be, for the places of an axis: 0.5 and 2, not 0.500 and 2.00.</summary>
    public static string Short(double value, FigureUnit unit)
    {
        var parts = Of(value, unit).Split(' ');
        if (parts[0].Contains('.', StringComparison.Ordinal) && !parts[0].Contains('E', StringComparison.Ordinal)) parts[0] = parts[0].TrimEnd('0').TrimEnd('.');
        return string.Join(' ', parts);
    }

    /// <summary>Three digits that count: 0.123, 1.23, 12.3, 123, 1,230.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 99.95 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 9.995 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 0.9995 => value.ToString("0.00", CultureInfo.InvariantCulture),
        >= 0.0995 => value.ToString("0.000", CultureInfo.InvariantCulture),
        >= 0.0001 => value.ToString("0.0000", CultureInfo.InvariantCulture),
        _ => value.ToString("0.0E0", CultureInfo.InvariantCulture),
    };

    private static string Bytes(double value)
    {
        var unit = 0;
        while (Math.Abs(value) >= Kibi && unit < ByteUnits.Length - 1)
        {
            value /= Kibi;
            unit++;
        }

        return unit == 0 && value == Math.Floor(value) ? $"{value.ToString("0", CultureInfo.InvariantCulture)} B" : $"{Number(value)} {ByteUnits[unit]}";
    }
}
