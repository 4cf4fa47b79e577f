using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using ChatServer.Bench.Load.Workloads;
using ChatServer.Host;
using ChatServer.Host.Commands;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load;

/// <summary>
/// The commands under <c>load</c>: options, run, report, exit code. Those whose users are tasks of this process, and what all have in
/// common; <see cref="WorkloadCommands"/> has the others.
/// </summary>
internal sealed class LoadCommands
{
    /// <summary>How long nothing may move before a run is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int Clean = 0;
    private const int Red = 1;
    private const int Usage = 2;

    private readonly Option<string?> _json = new("--json") { HelpName = "FILE", Description = "Write the report there" };
    private readonly Option<string?> _server = new("--server") { HelpName = "HOST:PORT", Description = "A server that runs already; default: one of our own in a fresh directory" };
    private readonly Option<int> _serverPid = new("--server-pid") { HelpName = "PID", Description = "Its process, for CPU and memory" };
    private readonly Option<string?> _serverData = new("--server-data") { HelpName = "DIR", Description = "Its data directory, to make accounts there and ask for its status; default: users register themselves" };
    private readonly Option<string?> _binary = new("--server-binary") { HelpName = "FILE", Description = "The executable to start; default: the one beside this program" };
    private readonly Option<string> _serverArguments = new("--server-args") { HelpName = "\"OPTIONS\"", Description = "What chatserver serve is told besides", DefaultValueFactory = _ => "" };
    public Option<string?> HistoryFile { get; } = new("--history") { HelpName = "FILE", Description = "Write what was sent, promised and received there, for the command check" };
    public Option<int> Payload { get; } = Whole("--payload", "BYTES", "Bytes of a message, 20 to 16,384", 100, LoadPayload.BytesMin, ProtocolLimits.PayloadBytes);

    private LoadCommands()
    {
    }

    public static Command Create()
    {
        var commands = new LoadCommands();
        var load = new Command("load", "Put a server under load, and judge what came of it") { commands.Crash(), commands.Bounded(), commands.Restart() };
        foreach (var command in new WorkloadCommands(commands).All()) load.Add(command);
        return load;
    }

    public static double PerMillion(TimeSpan used, long messages) => messages == 0 ? 0 : used.TotalSeconds * 1_000_000 / messages;

    public static Option<int> Whole(string name, string value, string description, int standard, int lowest, int highest)
    {
        return new Option<int>(name)
        {
            HelpName = value,
            Description = description,
            DefaultValueFactory = _ => standard,
            CustomParser = result =>
            {
                var typed = result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
                if (int.TryParse(typed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest) return number;
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: '{typed}' is not a number from {lowest} to {highest}"));
                return standard;
            },
        };
    }

    private static Option<long> Bytes(string name, string description, long standard) => new(name)
    {
        HelpName = "BYTES", Description = description, DefaultValueFactory = _ => standard, CustomParser = OptionParsers.Bytes,
    };

    private Command Crash()
    {
        var kills = Whole("--kills", "N", "How often the server is killed", 20, 1, 10_000);
        var pairs = Whole("--pairs", "N", "Senders, and as many recipients", 30, 3, 2_000);
        var seed = Whole("--seed", "N", "For the moments of the kills; 0: another one each time", 0, 0, int.MaxValue);
        var command = new Command("crash", "kill -9 at random moments, then compare what was promised with what arrives") { kills, pairs, seed };
        return Complete(command, (parsed, server, progress) =>
        {
            RequireOwn(server, "crash");
            return new CrashRun
            {
                Kills = parsed.GetValue(kills),
                Pairs = parsed.GetValue(pairs),
                Seed = parsed.GetValue(seed) is > 0 and var given ? given : Random.Shared.Next(1, int.MaxValue),
                Rules = Rules(parsed) with { KeepsHalf = true },
            }.RunAsync(server, progress);
        });
    }

    private Command Bounded()
    {
        var standard = new BoundedRun();
        var messages = Whole("--messages", "N", "Messages that the pairs write", standard.Messages, 1_000, int.MaxValue);
        var away = Whole("--away", "N", "Users who are away", standard.Away, 1, 9_000);
        var awayMessages = Whole("--away-messages", "N", "Messages for each of them", standard.AwayMessages, 1, 5_000);
        var pairs = Whole("--pairs", "N", "Pairs of users that write to each other", standard.Pairs, 1, 4_000);
        var checkpoint = Bytes("--checkpoint-bytes", "As of chatserver serve", standard.CheckpointBytes);
        var segment = Bytes("--segment-bytes", "As of chatserver serve", standard.SegmentBytes);
        var bound = Bytes("--log-bytes-bound", "Disk that the log may take at any time; 0: three times --checkpoint-bytes, and three segments", 0);
        var command = new Command("bounded", "A long stream past users who are away: disk, memory and restart must not grow with it") { messages, away, awayMessages, pairs, checkpoint, segment, bound };
        BoundedRun Chosen(ParseResult parsed) => new()
        {
            Messages = parsed.GetValue(messages),
            Away = parsed.GetValue(away),
            AwayMessages = parsed.GetValue(awayMessages),
            Pairs = parsed.GetValue(pairs),
            CheckpointBytes = parsed.GetValue(checkpoint),
            SegmentBytes = parsed.GetValue(segment),
            LogBytesBound = parsed.GetValue(bound),
            Rules = Rules(parsed),
        };
        return Complete(command, (parsed, server, progress) =>
        {
            RequireOwn(server, "bounded");
            return Chosen(parsed).RunAsync(server, progress);
        }, parsed => Chosen(parsed).ServerOptions());
    }

    private Command Restart()
    {
        var standard = new RestartRun();
        var users = Whole("--users", "N", "Accounts", standard.Users, 1, 100_000_000);
        var log = Bytes("--log-bytes", "Log to be replayed, at least", standard.LogBytes);
        var pairs = Whole("--pairs", "N", "Pairs of users that fill it", standard.Pairs, 1, 4_000);
        var restarts = Whole("--restarts", "N", "How often each kind of restart is measured", standard.Restarts, 1, 1_000);
        var command = new Command("restart", "kill -9 to serving with many accounts: a long replay, and a fresh checkpoint; memory of an account") { users, log, pairs, restarts };
        return Complete(command, (parsed, server, progress) =>
        {
            RequireOwn(server, "restart");
            return new RestartRun
            {
                Users = parsed.GetValue(users),
                LogBytes = parsed.GetValue(log),
                Pairs = parsed.GetValue(pairs),
                Restarts = parsed.GetValue(restarts),
                Rules = standard.Rules with { PayloadBytes = parsed.GetValue(Payload), HistoryFile = parsed.GetValue(HistoryFile) },
            }.RunAsync(server, progress);
        });
    }

    private static void RequireOwn(ServerUnderLoad server, string command)
    {
        if (!server.IsOwn) throw new IOException($"--server: {command} kills the server, so it starts its own");
    }

    /// <summary>What all clients of a run are told.</summary>
    public LoadRules Rules(ParseResult parsed) => new() { PayloadBytes = parsed.GetValue(Payload), HistoryFile = parsed.GetValue(HistoryFile) };

    /// <param name="command">With its own options.</param>
    /// <param name="run">What it does.</param>
    /// <param name="serverOptions">What it needs the server to be told.</param>
    /// <param name="refusal">Why its options do not go together; null: they do.</param>
    public Command Complete(Command command, Func<ParseResult, ServerUnderLoad, TextWriter, Task<LoadReport>> run, Func<ParseResult, IEnumerable<string>>? serverOptions = null, Func<ParseResult, string?>? refusal = null)
    {
        foreach (Option option in (Option[])[Payload, _json, HistoryFile, _server, _serverPid, _serverData, _binary, _serverArguments]) command.Add(option);
        command.SetAction(async (parsed, stop) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if ((Problem(parsed) ?? refusal?.Invoke(parsed)) is { } problem)
            {
                await error.WriteLineAsync(problem);
                return Usage;
            }

            try
            {
                var startedAt = DateTimeOffset.UtcNow;
                using var server = parsed.GetValue(_server) is { } running
                    ? ServerUnderLoad.Attach(IPEndPoint.Parse(running), parsed.GetValue(_serverPid), parsed.GetValue(_serverData))
                    : await ServerUnderLoad.StartAsync(parsed.GetValue(_binary), [.. serverOptions?.Invoke(parsed) ?? [], .. Words(parsed)]);

                // Ctrl+C: what was started does not stay behind.
                await using var registration = stop.Register(server.Dispose);
                var report = await run(parsed, server, output) with { StartedAt = startedAt, Commit = await server.CommitAsync() };
                return await TellAsync(parsed, await AccountedAsync(server, report));
            }
            catch (Exception e) when (e is IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                await error.WriteLineAsync(e.Message);
                return Red;
            }
        });
        return command;
    }

    private string? Problem(ParseResult parsed)
    {
        if (parsed.GetValue(_server) is not { } running) return null;
        if (Words(parsed).Length > 0) return "--server-args: with --server the server runs already";
        if (!IPEndPoint.TryParse(running, out var endPoint) || endPoint.Port == 0) return $"--server: '{running}' is not ADDRESS:PORT";
        return parsed.GetValue(_serverPid) == 0 ? "--server-pid: needed with --server, for its CPU and memory" : null;
    }

    private string[] Words(ParseResult parsed) => (parsed.GetValue(_serverArguments) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<LoadReport> AccountedAsync(ServerUnderLoad server, LoadReport report)
    {
        if (!server.CanBeAsked) return report;
        var status = await server.StatusAsync();
        var unaccounted = status[ShardStatus.UnaccountedName];
        return report with
        {
            Unaccounted = unaccounted,
            Problems = unaccounted == 0 ? report.Problems : [.. report.Problems, $"the server does not account for {unaccounted} messages"],
        };
    }

    private async Task<int> TellAsync(ParseResult parsed, LoadReport report)
    {
        foreach (var line in report.Lines()) await parsed.InvocationConfiguration.Output.WriteLineAsync(line);
        if (parsed.GetValue(_json) is { } file) await File.WriteAllTextAsync(file, report.ToJson());
        return report.Problems.Count == 0 ? Clean : Red;
    }
}
