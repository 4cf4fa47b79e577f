using System.Globalization;
using System.Text;

namespace ChatServer.Tests.Bench;

/// <summary>What a person sees at the end of an output with control sequences, as far as a live table uses them.</summary>
internal static class TerminalScreen
{
    /// <summary>The lines that are not empty.</summary>
    public static IReadOnlyList<string> Of(string output)
    {
        List<StringBuilder> lines = [new()];
        var (row, column) = (0, 0);
        for (var at = 0; at < output.Length; at++)
        {
            switch (output[at])
            {
                case '\r': column = 0; break;
                case '\n':
                    (row, column) = (row + 1, 0);
                    if (row == lines.Count) lines.Add(new StringBuilder());
                    break;
                case '\u001b' when output[at + 1] == '[':
                    var end = at + 2;
                    while (!char.IsAsciiLetter(output[end])) end++;
                    Control(output[end], output[(at + 2)..end]);
                    at = end;
                    break;
                default:
                    var line = lines[row];
                    if (line.Length < column) line.Append(' ', column - line.Length);
                    if (column < line.Length) line[column] = output[at];
                    else line.Append(output[at]);
                    column++;
                    break;
            }
        }

        return [.. lines.Select(line => line.ToString().TrimEnd()).Where(line => line.Length > 0)];

        void Control(char kind, string argument)
        {
            var count = int.TryParse(argument, CultureInfo.InvariantCulture, out var given) ? given : 1;
            if (kind == 'A') row = Math.Max(0, row - count);
            else if (kind == 'K' && argument == "2") lines[row].Clear();
            else if (kind is not ('m' or 'h' or 'l')) throw new NotSupportedException($"a control sequence that ends with {kind}");
        }
    }
}
