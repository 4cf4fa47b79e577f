using System.Globalization;
using ChatServer.Bench.Load;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ChatServer.Bench.Reports;

/// <summary>Shows how a load run stands: drawn again and again on a terminal, a line a second elsewhere.</summary>
internal static class LiveProgress
{
    private const int BarWidth = 40;

    /// <summary>
    /// Runs something that tells how it stands, and says a line now and then. Both may be done by any thread; what is said stays above
    /// what is drawn, so nobody else may write to the output meanwhile.
    /// </summary>
    public static Task<T> RunAsync<T>(TextWriter output, Func<Action<LoadProgress>, Action<string>, Task<T>> run) =>
        WatchedOutput.Is(output) ? DrawAsync(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }), run) : WriteAsync(output, run);

    // A line for every second of a phase, and for its first report; what comes between is dropped.
    private static Task<T> WriteAsync<T>(TextWriter output, Func<Action<LoadProgress>, Action<string>, Task<T>> run)
    {
        var gate = new Lock();
        LoadProgress? last = null;
        return run(Tell, Say);

        void Tell(LoadProgress progress)
        {
            lock (gate)
            {
                if (last is not null && last.Phase == progress.Phase && Math.Floor(last.Seconds) == Math.Floor(progress.Seconds)) return;
                last = progress;
                output.WriteLine(Line(progress));
            }
        }

        void Say(string line)
        {
            lock (gate) output.WriteLine(line);
        }
    }

    public static async Task<T> DrawAsync<T>(IAnsiConsole console, Func<Action<LoadProgress>, Action<string>, Task<T>> run) =>
        await console.Live(new Text("")).AutoClear(true).StartAsync(context => run(progress => context.UpdateTarget(Draw(progress)), line => WriteAbove(console, line)));

    // The console keeps what is written to it above what is live, but it writes over the old drawing without wiping it out.
    private static void WriteAbove(IAnsiConsole console, string line)
    {
        var width = Math.Max(1, console.Profile.Width);
        console.WriteLine(line.PadRight((line.Length + width) / width * width - 1));
    }

    public static string Line(LoadProgress progress)
    {
        var time = progress.TotalSeconds is { } total ? $"{Whole(progress.Seconds)}/{Whole(total)} s" : $"{Whole(progress.Seconds)} s";
        return $"{progress.Phase,-10} {time,9}  " + string.Join("  ", Values(progress).Select(value => $"{value.Name} {value.Text}"));
    }

    public static IRenderable Draw(LoadProgress progress)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(progress.Phase)), Caption = new TableTitle(Bar(progress)) };
        foreach (var (name, _, _) in Values(progress)) table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned());
        table.AddRow([.. Values(progress).Select(value => new Markup($"[{(value.IsBad ? "red" : "default")}]{Markup.Escape(value.Text)}[/]"))]);
        return table;
    }

    private static string Bar(LoadProgress progress)
    {
        if (progress.TotalSeconds is not { } total || total <= 0) return $"{Whole(progress.Seconds)} s";
        var done = (int)Math.Round(BarWidth * Math.Clamp(progress.Seconds / total, 0, 1));
        return $"[green]{new string('━', done)}[/][grey]{new string('━', BarWidth - done)}[/] {Whole(Math.Max(0, total - progress.Seconds))} s left";
    }

    private static IReadOnlyList<(string Name, string Text, bool IsBad)> Values(LoadProgress progress) =>
    [
        ("msg/s", Whole(progress.MessagesPerSecond), false),
        ("p50", Milliseconds(progress.P50Milliseconds), false),
        ("p99", Milliseconds(progress.P99Milliseconds), false),
        ("server", Cores(progress.ServerCores), false),
        ("generator", Cores(progress.GeneratorCores), false),
        ("memory", FigureText.Of(progress.ResidentBytes, FigureUnit.Bytes), false),
        ("errors", Whole(progress.Errors), progress.Errors > 0),
    ];

    private static string Milliseconds(double? value) => value is { } known ? $"{FigureText.Number(known)} ms" : "–";

    private static string Cores(double value) => $"{value.ToString("0.00", CultureInfo.InvariantCulture)} cores";

    private static string Whole(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
