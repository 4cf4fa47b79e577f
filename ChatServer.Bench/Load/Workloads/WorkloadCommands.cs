using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ChatServer.Bench.Load.Raw;
using ChatServer.Bench.Reports;

namespace ChatServer.Bench.Load.Workloads;

/// <summary>The commands under <c>load</c> whose users are played by the raw driver, and the hidden one that plays them.</summary>
internal sealed class WorkloadCommands(LoadCommands common)
{
    private const int UsersMax = 18_000;
    private const int RateMax = 10_000_000;
    private const int SecondsMax = 86_400;

    private readonly Option<int> _generators = LoadCommands.Whole("--generators", "N", "Processes that play the users", 1, 1, RawFleet.GeneratorsMax);
    private readonly Option<string?> _mix = Mix();
    private readonly Option<int> _acknowledgeEvery = LoadCommands.Whole("--acknowledge-every", "N", "Messages that a user keeps before acknowledging them", 32, 1, 512);
    private readonly Option<int> _acknowledgeMilliseconds = LoadCommands.Whole("--acknowledge-milliseconds", "N", "How long fewer wait for company", 50, 0, 10_000);
    private readonly Option<int> _registered = LoadCommands.Whole("--registered-users", "N", "Accounts that are made beforehand besides", 0, 0, 100_000_000);
    private readonly Option<bool> _portable = new("--portable") { Description = "Clients on .NET sockets in this process instead of the raw driver; always so where the system is not Linux" };

    public IEnumerable<Command> All() => [Direct(), Offline(), Idle(), Login(), Storm(), Mixed(), Slow(), Generate()];

    private static Option<string?> Mix() => new("--payload-mix")
    {
        HelpName = "SIZES", Description = "Sizes with weights instead of --payload: 60:70,300:25,4000:5",
        CustomParser = result =>
        {
            var typed = result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
            if (PayloadSizes.TryParse(typed, out _)) return typed;
            result.AddError($"--payload-mix: '{typed}' is not BYTES:WEIGHT,…, with 20 to 16,384 bytes");
            return null;
        },
    };

    private Command Direct()
    {
        var standard = new DirectWorkload();
        var pairs = LoadCommands.Whole("--pairs", "N", "Pairs of users that write to each other", standard.Pairs, 1, UsersMax / 2);
        var inFlight = LoadCommands.Whole("--in-flight", "N", "Sends of one user without an answer, 1 to 64", standard.InFlight, 1, RawChat.InFlightMax);
        var rate = LoadCommands.Whole("--rate", "N", "Messages a second in all, each timed from when it was due; 0: as fast as answers come", 0, 0, RateMax);
        var ramp = LoadCommands.Whole("--ramp", "N", "Seconds under way before the clock runs", (int)standard.RampSeconds, 0, SecondsMax);
        var seconds = LoadCommands.Whole("--seconds", "N", "How long", (int)standard.Seconds, 1, SecondsMax);
        var command = new Command("direct", "Pairs of users write to each other") { pairs, inFlight, rate, ramp, seconds, _portable };
        return Complete(
            command,
            parsed => standard with
            {
                Pairs = parsed.GetValue(pairs), InFlight = parsed.GetValue(inFlight), Rate = parsed.GetValue(rate), RampSeconds = parsed.GetValue(ramp), Seconds = parsed.GetValue(seconds),
            },
            parsed => new DirectRun
            {
                Pairs = parsed.GetValue(pairs), Rate = parsed.GetValue(rate), Seconds = parsed.GetValue(seconds),
                Rules = common.Rules(parsed) with { InFlight = parsed.GetValue(rate) > 0 ? LoadClient.InFlightMax : parsed.GetValue(inFlight) },
            }.RunAsync);
    }

    private Command Idle()
    {
        var standard = new IdleWorkload();
        var connections = LoadCommands.Whole("--connections", "N", "Logged-in connections at the end", standard.Connections, 10, UsersMax);
        var seconds = LoadCommands.Whole("--seconds", "N", "How long all of them are watched", (int)standard.Seconds, 1, SecondsMax);
        var command = new Command("idle", "Users who are logged in and do nothing: memory of a connection") { connections, seconds };
        return Complete(command, parsed => standard with { Connections = parsed.GetValue(connections), Seconds = parsed.GetValue(seconds) });
    }

    private Command Login()
    {
        var standard = new LoginWorkload();
        var users = LoadCommands.Whole("--users", "N", "Users that log in in turn", standard.Users, 1, UsersMax);
        var concurrent = LoadCommands.Whole("--concurrent", "N", "Logins under way at a time", standard.Concurrent, 1, UsersMax);
        var ramp = LoadCommands.Whole("--ramp", "N", "Seconds under way before the clock runs", (int)standard.RampSeconds, 0, SecondsMax);
        var seconds = LoadCommands.Whole("--seconds", "N", "How long", (int)standard.Seconds, 1, SecondsMax);
        var command = new Command("login", "Logins by token: connect, Hello, Welcome, close") { users, concurrent, ramp, seconds };
        return Complete(command, parsed => standard with
        {
            Users = parsed.GetValue(users), Concurrent = parsed.GetValue(concurrent), RampSeconds = parsed.GetValue(ramp), Seconds = parsed.GetValue(seconds),
        });
    }

    private Command Offline()
    {
        var standard = new OfflineWorkload();
        var users = LoadCommands.Whole("--users", "N", "Users who are away", standard.Away, 1, 9_000);
        var messages = LoadCommands.Whole("--messages", "N", "Messages for them, in all", standard.Messages, 1, 5_000_000);
        var command = new Command("offline", "Messages for users who are away: store, kill -9, restart, drain") { users, messages, _portable };
        return Complete(
            command,
            parsed => standard with { Away = parsed.GetValue(users), Messages = parsed.GetValue(messages) },
            parsed => new OfflineRun { Users = parsed.GetValue(users), Messages = parsed.GetValue(messages), Rules = common.Rules(parsed) with { InFlight = LoadClient.InFlightMax } }.RunAsync);
    }

    private Command Storm()
    {
        var standard = new StormWorkload();
        var connections = LoadCommands.Whole("--connections", "N", "Connections that break", standard.Connections, 2, UsersMax);
        var concurrent = LoadCommands.Whole("--concurrent", "N", "Logins under way at a time; 0: all at once", 0, 0, UsersMax);
        var storms = LoadCommands.Whole("--storms", "N", "How often", standard.Storms, 1, 1_000);
        var rate = LoadCommands.Whole("--rate", "N", "Messages a second meanwhile", (int)standard.Rate, 0, RateMax);
        var command = new Command("storm", "All connections break at once and come back by token") { connections, concurrent, storms, rate };
        return Complete(command, parsed => standard with
        {
            Connections = parsed.GetValue(connections), Concurrent = parsed.GetValue(concurrent), Storms = parsed.GetValue(storms), Rate = parsed.GetValue(rate),
        });
    }

    private Command Mixed()
    {
        var standard = new MixedWorkload();
        var users = LoadCommands.Whole("--users", "N", "Users", standard.Users, 10, UsersMax);
        var rate = LoadCommands.Whole("--rate", "N", "Messages a second at the busiest hour", (int)standard.Rate, 1, RateMax);
        var seconds = LoadCommands.Whole("--seconds", "N", "How long the day is", (int)standard.Seconds, 1, SecondsMax);
        var skew = LoadCommands.Whole("--skew-percent", "N", "Of the Zipf distribution by which recipients are drawn, in hundredths; 0: all alike", (int)(100 * standard.Skew), 0, 400);
        var away = LoadCommands.Whole("--away-percent", "N", "Users who are away all day, of a hundred", standard.AwayPercent, 0, 90);
        var seed = LoadCommands.Whole("--seed", "N", "For who does what; 0: another one each time", 0, 0, int.MaxValue / 2);
        var command = new Command("mixed", "A day in little time: sessions, conversations, bursts, reads, users who are away") { users, rate, seconds, skew, away, seed };
        return Complete(command, parsed => standard with
        {
            Users = parsed.GetValue(users), Rate = parsed.GetValue(rate), Seconds = parsed.GetValue(seconds), Skew = parsed.GetValue(skew) / 100.0, AwayPercent = parsed.GetValue(away),
            Seed = parsed.GetValue(seed) is > 0 and var given ? given : Random.Shared.Next(1, int.MaxValue / 2),
        });
    }

    private Command Slow()
    {
        var standard = new SlowWorkload();
        var pairs = LoadCommands.Whole("--pairs", "N", "Pairs that go on", standard.Pairs, 1, UsersMax / 4);
        var slow = LoadCommands.Whole("--slow", "N", "Pairs of which one is slow", standard.SlowPairs, 1, UsersMax / 4);
        var bytes = LoadCommands.Whole("--read-bytes", "N", "What one who is slow reads a second; 0: nothing", 0, 0, 10_000_000);
        var rate = LoadCommands.Whole("--rate", "N", "Messages a second of all", (int)standard.Rate, 1, RateMax);
        var seconds = LoadCommands.Whole("--seconds", "N", "Without the slow ones, and as long with them", (int)standard.Seconds, 1, SecondsMax);
        var command = new Command("slow", "Some users do not read, the others go on") { pairs, slow, bytes, rate, seconds };
        return Complete(command, parsed => standard with
        {
            Pairs = parsed.GetValue(pairs), SlowPairs = parsed.GetValue(slow), ReadBytes = parsed.GetValue(bytes), Rate = parsed.GetValue(rate), Seconds = parsed.GetValue(seconds),
        });
    }

    private static Command Generate()
    {
        var command = new Command(GeneratorProcess.CommandName, "Plays the users of a run; started by it") { Hidden = true };
        command.SetAction(_ => Generator.Run(Console.In, Console.Out));
        return command;
    }

    /// <param name="command">With its own options.</param>
    /// <param name="chosen">What they come to.</param>
    /// <param name="portable">The same without the raw driver; null: there is none.</param>
    private Command Complete(Command command, Func<ParseResult, LoadWorkload> chosen, Func<ParseResult, Func<ServerUnderLoad, TextWriter, Task<LoadReport>>>? portable = null)
    {
        foreach (Option option in (Option[])[_generators, _mix, _acknowledgeEvery, _acknowledgeMilliseconds, _registered]) command.Add(option);
        LoadWorkload Workload(ParseResult parsed) => chosen(parsed) with
        {
            Generators = parsed.GetValue(_generators),
            Payload = parsed.GetValue(_mix) ?? parsed.GetValue(common.Payload).ToString(CultureInfo.InvariantCulture),
            AcknowledgeEvery = parsed.GetValue(_acknowledgeEvery),
            AcknowledgeMilliseconds = parsed.GetValue(_acknowledgeMilliseconds),
            RegisteredUsers = parsed.GetValue(_registered),
            HistoryFile = parsed.GetValue(common.HistoryFile),
        };
        return common.Complete(
            command,
            async (parsed, server, progress) =>
            {
                if (portable is not null && (parsed.GetValue(_portable) || !OperatingSystem.IsLinux()))
                {
                    if (!OperatingSystem.IsLinux()) await progress.WriteLineAsync("the raw driver needs Linux: these are the portable clients");
                    return await portable(parsed)(server, progress);
                }

                return await LiveProgress.RunAsync(progress, (tell, say) => Workload(parsed).RunAsync(server, tell, say));
            },
            _ => LoadWorkload.ServerOptions,
            parsed => parsed.GetValue(common.HistoryFile) is not null && parsed.GetValue(_generators) > 1 ? "--history: the history of one generator is one; --generators 1" : null);
    }
}
