using System.Diagnostics;
using System.Globalization;

namespace ChatServer.Bench.Fuzz;

/// <summary>
/// Runs targets, each in a process of its own: the instrumentation counts for a whole process, and one that overflows its stack or
/// never comes back takes only itself along. Such a death is a finding like any other; the input is in the file it left.
/// </summary>
internal sealed class FuzzFleet(FuzzFleetOptions options)
{
    /// <summary>For the start, the seeds, and writing the corpus; beyond it an input hangs.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    /// <summary>The top of a stack says what is wrong; one that overflowed has thousands of lines.</summary>
    private const int StackLines = 20;

    private readonly Lock _console = new();

    /// <summary>Whether every target came out clean.</summary>
    public async Task<bool> RunAsync(IReadOnlyList<string> targets, CancellationToken stop)
    {
        var directory = Directory.CreateTempSubdirectory("chatserver-fuzz-").FullName;
        try
        {
            InstrumentedContext.Instrument(directory);
            var areClean = true;
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Workers, CancellationToken = stop };
            await Parallel.ForEachAsync(targets, parallel, async (target, token) =>
            {
                if (!await RunAsync(target, directory, token)) areClean = false;
            });
            return areClean;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<bool> RunAsync(string target, string directory, CancellationToken stop)
    {
        var last = Path.Combine(directory, target + ".input");
        string[] arguments =
        [
            "fuzz", "work", target, "--instrumented", directory, "--last", last, "--corpus", options.Corpus,
            "--seed", options.Seed.ToString(CultureInfo.InvariantCulture), "--seconds", options.Seconds.ToString(CultureInfo.InvariantCulture),
            .. options.WriteCorpus ? new[] { "--write-corpus" } : [],
        ];
        using var process = Process.Start(StartOf(arguments)) ?? throw new InvalidOperationException("a process does not start");
        var output = process.StandardOutput.ReadToEndAsync(stop);
        var errors = process.StandardError.ReadToEndAsync(stop);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TimeSpan.FromSeconds(options.Seconds) + Grace);
        var fault = "";
        try
        {
            await process.WaitForExitAsync(patience.Token);
            if (process.ExitCode is not (FuzzWork.Clean or FuzzWork.Found)) fault = $"the process ended with {process.ExitCode}";
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            stop.ThrowIfCancellationRequested();
            fault = "the input does not come to an end";
        }

        var said = await output;
        if (fault.Length > 0)
        {
            var top = string.Join('\n', (await errors).Split('\n').Take(StackLines));
            said += $"{top}\n{new FuzzFinding(target, fault, LastInput.Read(last) ?? [])}\n";
        }

        lock (_console) Console.Write(said);
        return fault.Length == 0 && process.ExitCode == FuzzWork.Clean;
    }

    private static ProcessStartInfo StartOf(string[] arguments)
    {
        var own = typeof(FuzzFleet).Assembly.Location;
        // Started by dotnet, or by the host that the build makes: both can run the assembly.
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        return new ProcessStartInfo(host, [own, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }
}
