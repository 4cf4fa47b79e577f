using System.Diagnostics;

namespace ChatServer.Bench.Reports.Matrix;

/// <summary>
/// Runs <c>load</c> in a process of its own: what a run before has left in the heap, in compiled code and in threads is in no figure of
/// the next. It writes to the same terminal.
/// </summary>
internal static class ChildLoad
{
    /// <summary>No row takes that long; one that does hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(2);

    /// <exception cref="IOException">It does not come to an end, or does not start.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        // Started by dotnet, or by the host that the build makes: both can run the assembly.
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        using var process = Process.Start(new ProcessStartInfo(host, [typeof(ChildLoad).Assembly.Location, "load", .. arguments])) ?? throw new IOException("load does not start");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            // The server that it started goes with it.
            process.Kill(entireProcessTree: true);
            stop.ThrowIfCancellationRequested();
            throw new IOException($"load {string.Join(' ', arguments)} does not come to an end");
        }
    }
}
