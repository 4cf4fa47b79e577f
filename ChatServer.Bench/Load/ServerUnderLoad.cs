using System.Diagnostics;
using System.Globalization;
using System.Net;
using ChatServer.Host;

namespace ChatServer.Bench.Load;

/// <summary>
/// The server that is measured: a process of its own in a fresh directory, or one that runs already and whose process id is known.
/// What it used comes from /proc.
/// </summary>
internal sealed class ServerUnderLoad : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly string? _binary;
    private readonly string? _directory;
    private readonly string? _runningDataPath;
    private Process? _process;
    private bool _isDisposed;

    private ServerUnderLoad(string? binary, string? directory, IReadOnlyList<string> options, IPEndPoint endPoint, int processId, string? runningDataPath = null)
    {
        _runningDataPath = runningDataPath;
        _binary = binary;
        _directory = directory;
        Options = options;
        EndPoint = endPoint;
        ProcessId = processId;
    }

    public IPEndPoint EndPoint { get; private set; }

    public int ProcessId { get; private set; }

    /// <summary>What <c>chatserver serve</c> is told besides; another one holds from the next start on.</summary>
    public IReadOnlyList<string> Options { get; set; }

    /// <summary>Its data directory, where it is known.</summary>
    public string DataPath => _runningDataPath ?? Path.Combine(_directory ?? "", "data");

    /// <summary>How the server was started, for the report; empty when it was running.</summary>
    public string CommandLine { get; private set; } = "";

    /// <summary>Whether it can be killed and started again.</summary>
    public bool IsOwn => _binary is not null;

    /// <summary>Whether its status can be asked for.</summary>
    public bool CanBeAsked => _directory is not null || _runningDataPath is not null;

    /// <summary>CPU that the process has used so far, user and system, by /proc; zero where there is none.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            if (!TryReadProc("stat", out var stat)) return _process is { HasExited: false } own ? own.TotalProcessorTime : TimeSpan.Zero;
            // Fields 14 and 15, counted after the name in brackets, which may hold anything; in hundredths of a second.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)));
        }
    }

    public long ResidentBytes
    {
        get
        {
            if (!TryReadProc("statm", out var statm)) return _process is { HasExited: false } own ? own.WorkingSet64 : 0;
            return long.Parse(statm.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
    }

    /// <param name="endPoint">Where it listens.</param>
    /// <param name="processId">Its process.</param>
    /// <param name="dataPath">Its data directory, to make accounts and ask for its status; null: users register themselves.</param>
    public static ServerUnderLoad Attach(IPEndPoint endPoint, int processId, string? dataPath) => new(null, null, [], endPoint, processId, dataPath);

    /// <summary>Starts the server in a fresh directory, with this machine's connections trusted.</summary>
    public static async Task<ServerUnderLoad> StartAsync(string? binary, IReadOnlyList<string> options)
    {
        var name = OperatingSystem.IsWindows() ? "chatserver.exe" : "chatserver";
        binary ??= Path.Combine(AppContext.BaseDirectory, name);
        if (!File.Exists(binary)) throw new FileNotFoundException($"{binary} is not there; --server-binary names another one");
        var server = new ServerUnderLoad(binary, Directory.CreateTempSubdirectory("chatserver-load-").FullName, options, new IPEndPoint(IPAddress.Loopback, 0), 0);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts it on its directory, on the port it had; the time until it says that it listens.</summary>
    public async Task<TimeSpan> StartAgainAsync()
    {
        var started = Stopwatch.GetTimestamp();
        string[] line = ["serve", "--data", DataPath, "--port", EndPoint.Port.ToString(CultureInfo.InvariantCulture), "--trust-source", "127.0.0.0/8", .. Options.Contains("--log-level") ? (string[])[] : ["--log-level", "warning"], .. Options];
        var start = new ProcessStartInfo(_binary ?? "", line) { RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException("the server did not start");
        ProcessId = _process.Id;
        CommandLine = "chatserver " + string.Join(' ', line);
        using var timeout = new CancellationTokenSource(StartTimeout);
        const string Listening = "listening on ";
        while (await _process.StandardOutput.ReadLineAsync(timeout.Token) is { } said)
        {
            if (!said.StartsWith(Listening, StringComparison.Ordinal)) continue;
            EndPoint = IPEndPoint.Parse(said[Listening.Length..said.IndexOf(';', StringComparison.Ordinal)]);
            return Stopwatch.GetElapsedTime(started);
        }

        throw new IOException("the server ended at its start");
    }

    /// <summary>The commit that it was built from, or its version; empty when it was running.</summary>
    public async Task<string> CommitAsync()
    {
        if (_binary is null) return "";
        using var process = Process.Start(new ProcessStartInfo(_binary, ["--version"]) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException("the server does not say its version");
        var version = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        return version[(version.IndexOf('+', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>What <c>chatserver status</c> says of it.</summary>
    /// <exception cref="IOException">It does not run any more.</exception>
    public async Task<IReadOnlyDictionary<string, long>> StatusAsync(bool collected = false)
    {
        using var client = await AdminClient.TryConnectAsync(DataPath, CancellationToken.None) ?? throw new IOException("the server does not run any more");
        var answer = await client.AskAsync(new AdminRequest { Command = AdminCommand.Status, Collected = collected }, CancellationToken.None);
        return answer.Status;
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public void Kill()
    {
        if (_process is null) throw new InvalidOperationException("only a server of our own is killed");
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        if (_process is not null) Kill();
        if (_directory is not null) Directory.Delete(_directory, recursive: true);
    }

    private bool TryReadProc(string file, out string content)
    {
        content = "";
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/{file}");
        if (!File.Exists(path)) return false;
        content = File.ReadAllText(path);
        return true;
    }
}
