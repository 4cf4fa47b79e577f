using Spectre.Console;

namespace ChatServer.Bench.Reports;

/// <summary>A comparison as a table: drawn on a terminal, columns of plain text elsewhere.</summary>
internal static class ComparisonTable
{
    private static readonly string[] Heads = ["figure", "A", "B", "B/A", ""];

    public static void Write(Comparison comparison, TextWriter output, bool isTerminal)
    {
        if (isTerminal) Draw(comparison, output);
        else WritePlain(comparison, output);
    }

    private static void WritePlain(Comparison comparison, TextWriter output)
    {
        List<string[]> rows = [Heads, .. comparison.Figures.Select(Cells)];
        var widths = Enumerable.Range(0, Heads.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows) output.WriteLine(string.Join("  ", row.Select((cell, column) => column is 0 or 4 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    private static void Draw(Comparison comparison, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        var table = new Table { Border = TableBorder.Rounded };
        for (var i = 0; i < Heads.Length; i++)
        {
            var column = new TableColumn(Heads[i]) { NoWrap = i != 0 };
            table.AddColumn(i is 0 or 4 ? column : column.RightAligned());
        }

        foreach (var figure in comparison.Figures)
        {
            var style = figure.Change switch { Change.Better => "green", Change.Worse => "red", Change.Same => "default", _ => "grey" };
            table.AddRow([.. Cells(figure).Select(cell => new Markup($"[{style}]{Markup.Escape(cell)}[/]"))]);
        }

        console.Write(table);
    }

    private static string[] Cells(ComparedFigure figure)
    {
        var unit = FigureText.NameOf(figure.Figure.Unit);
        var title = unit.Length == 0 ? figure.Figure.Title : $"{figure.Figure.Title} ({unit})";
        return [title, figure.Figure.Format(figure.Before), figure.Figure.Format(figure.After), figure.Ratio is { } ratio ? FigureText.Number(ratio) : "", figure.Change switch { Change.Better => "better", Change.Worse => "worse", Change.Same => "same", _ => "" }];
    }
}
