using System.Globalization;
using System.Text;

namespace ChatServer.Terminal;

/// <summary>
/// What others wrote, made safe to print: one line, and nothing that a terminal takes for a command.
/// </summary>
internal static class PrintableText
{
    /// <summary>A backslash before backslash, line feed, carriage return and tab; other controls as \u and four hex digits.</summary>
    public static string Escape(string text)
    {
        if (!text.Any(NeedsEscape)) return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var one in text)
        {
            _ = one switch
            {
                '\\' => escaped.Append("\\\\"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ when IsControl(one) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}"),
                _ => escaped.Append(one),
            };
        }

        return escaped.ToString();
    }

    /// <summary>For people: line feeds stay, every other control becomes a visible sign.</summary>
    public static string Show(string text) => string.Concat(text.Select(one => one != '\n' && IsControl(one) ? '\uFFFD' : one));

    /// <summary>The reverse of <see cref="Escape"/>; what is no escape stays as it is.</summary>
    public static string Unescape(string line)
    {
        if (!line.Contains('\\', StringComparison.Ordinal)) return line;
        var text = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\' || i + 1 == line.Length)
            {
                text.Append(line[i]);
                continue;
            }

            var next = line[++i];
            if (next == 'u' && i + 4 < line.Length && ushort.TryParse(line.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                text.Append((char)code);
                i += 4;
                continue;
            }

            _ = next switch
            {
                '\\' => text.Append('\\'),
                'n' => text.Append('\n'),
                'r' => text.Append('\r'),
                't' => text.Append('\t'),
                _ => text.Append('\\').Append(next),
            };
        }

        return text.ToString();
    }

    private static bool NeedsEscape(char one) => one == '\\' || IsControl(one);

    // Formats that turn the direction of writing can make a line look like another one.
    private static bool IsControl(char one) => char.IsControl(one) || one is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
