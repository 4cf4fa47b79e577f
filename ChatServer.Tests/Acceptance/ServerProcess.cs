using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using NUnit.Framework;

namespace ChatServer.Tests.Acceptance;

/// <summary>
/// The real executable as a process of its own, on a port that the system chose. Started in front of or under another program, such as
/// strace; killed at the end if it still runs.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = [];
    private readonly TaskCompletionSource<IPEndPoint?> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process) => _process = process;

    /// <summary>Everything that was written to standard error.</summary>
    public string Log => string.Join('\n', _log);

    public bool HasEnded => _process.HasExited;

    public int Id => _process.Id;

    public IPEndPoint EndPoint => Ready() ?? throw new AssertionException($"The server ended at its start with {_process.ExitCode}:\n{Log}");

    public static string Executable => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "chatserver.exe" : "chatserver");

    /// <summary>Starts it; <paramref name="under"/> is a program with its arguments that runs the server.</summary>
    public static ServerProcess Start(string dataPath, IReadOnlyList<string>? under = null, params string[] options)
    {
        string[] port = options.Contains("--port") ? [] : ["--port", "0"];
        string[] line = [.. under ?? [], Executable, "serve", "--data", dataPath, .. port, .. options];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new ServerProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        server._process.OutputDataReceived += (_, line) => server.TakeLine(line.Data);
        server._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null) server._log.Enqueue(line.Data);
        };
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Where it listens; null when it ended instead.</summary>
    public IPEndPoint? Ready()
    {
        if (!_listening.Task.Wait(Patience)) throw new AssertionException($"The server neither listens nor ends:\n{Log}");
        if (_listening.Task.Result is null) WaitForExit();
        return _listening.Task.Result;
    }

    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        WaitForExit();
    }

    /// <summary>SIGTERM, then the exit code.</summary>
    public int Stop()
    {
        Signal("TERM");
        return WaitForExit();
    }

    /// <summary>Sends a signal by its name; to the program that runs the server where there is one.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public int WaitForExit()
    {
        if (!_process.WaitForExit(Patience)) throw new AssertionException($"The server does not end:\n{Log}");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    private void TakeLine(string? line)
    {
        // "listening on ADDRESS:PORT; …"; null is the end of the output.
        const string Listening = "listening on ";
        if (line is null) _listening.TrySetResult(null);
        else if (line.StartsWith(Listening, StringComparison.Ordinal)) _listening.TrySetResult(IPEndPoint.Parse(line[Listening.Length..line.IndexOf(';', StringComparison.Ordinal)]));
    }
}
