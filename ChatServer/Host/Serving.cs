using ChatServer.Diagnostics;
using ChatServer.Storage;

namespace ChatServer.Host;

/// <summary>The commands that need a running shard, from their options to their exit code.</summary>
internal static class Serving
{
    /// <summary><c>chatserver serve</c>: until told to stop, or until nothing more can be promised.</summary>
    public static async Task<int> ServeAsync(ServerOptions options, CancellationToken stop)
    {
        Log.Sink.Lowest = options.LogLevel;
        using var signals = new StopSignals();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, signals.Stop);
        Server server;
        try
        {
            server = Server.Start(options);
        }
        catch (Exception e) when (e is StorageException or IOException or InvalidDataException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return e is StorageException { ErrorNumber: > 0 } ? ExitCode.StorageFailed : ExitCode.Usage;
        }

        await Console.Out.WriteLineAsync($"listening on {server.EndPoint}; join with: chatserver chat NAME --port {server.EndPoint?.Port}");
        await Console.Out.FlushAsync(both.Token);
        var told = Task.Delay(Timeout.InfiniteTimeSpan, both.Token);
        var first = await Task.WhenAny(told, server.Failed);
        if (first == server.Failed)
        {
            // Not disposed: a loop may be in the middle of what failed, and the disk is as it should be found.
            Report(server.Failed.Exception?.InnerException ?? new InvalidOperationException("A loop ended unasked"));
            Log.Close();
            Environment.Exit(ExitCode.StorageFailed);
        }

        Log.Stopping("asked to");
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await server.StopAsync(options.StopTimeout);
        if (server.Failed.Exception is { InnerException: var failure })
        {
            Report(failure ?? server.Failed.Exception);
            return ExitCode.StorageFailed;
        }

        await server.DisposeAsync();
        Log.Stopped(System.Diagnostics.Stopwatch.GetElapsedTime(started));
        return ExitCode.Done;
    }

    private static void Report(Exception failure)
    {
        if (failure is StorageException or InvalidDataException) Log.StorageFailed(failure);
        else Log.Failed(failure);
    }

    /// <summary><c>chatserver user</c> on a directory that no server holds.</summary>
    public static async Task<int> AdministerAsync(string dataPath, Func<AdminHandler, Task<int>> work)
    {
        // The operator asked for accounts, not for the story of a start.
        Log.Sink.Lowest = LogLevel.Warning;
        await using var server = Server.Start(new ServerOptions { DataPath = dataPath }, takesClients: false);
        try
        {
            return await work(server.Administration);
        }
        finally
        {
            await server.StopAsync(TimeSpan.FromSeconds(10));
        }
    }
}
