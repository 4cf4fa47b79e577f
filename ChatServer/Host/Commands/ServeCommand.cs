using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using ChatServer.Diagnostics;

namespace ChatServer.Host.Commands;

/// <summary>The options of <c>chatserver serve</c>, each bound to a property of <see cref="ServerOptions"/>.</summary>
internal sealed class ServeCommand
{
    private const string Examples = """
        chatserver serve                                  on 127.0.0.1:5222, data in ./chatserver-data
        chatserver serve --data /var/lib/chatserver --port 6000
        chatserver serve --registration closed            accounts by 'chatserver user add' only
        chatserver serve --listen 0.0.0.0 --plaintext     for everybody who can reach the machine, unencrypted
        """;

    private static readonly ServerOptions Defaults = new();

    private readonly List<Func<ParseResult, ServerOptions, ServerOptions>> _bindings = [];

    private ServeCommand()
    {
    }

    /// <summary>The command; <paramref name="serve"/> is given options without a problem, and its result is the exit code.</summary>
    public static Command Create(Func<ServerOptions, CancellationToken, Task<int>> serve)
    {
        var command = new ExampleCommand("serve", "Serve until told to stop by Ctrl+C or SIGTERM", Examples);
        var options = new ServeCommand();
        options.AddBasics(command);
        options.AddTimes(command);
        options.AddRates(command);
        options.AddSizes(command);
        command.SetAction(async (parsed, stop) =>
        {
            var chosen = options._bindings.Aggregate(Defaults, (soFar, bind) => bind(parsed, soFar));
            if (chosen.Problem() is not { } problem) return await serve(chosen, stop);
            await CommandSet.ComplainAsync(parsed.InvocationConfiguration.Error, problem);
            return ExitCode.Usage;
        });
        return command;
    }

    /// <summary>Where a data directory is; <c>user</c> has the option too.</summary>
    public static Option<string> DataOption() => new("--data")
    {
        HelpName = "DIR",
        Description = "Directory of everything that is kept",
        DefaultValueFactory = _ => Defaults.DataPath,
    };

    private void AddBasics(Command command)
    {
        var data = DataOption();
        command.Add(data);
        _bindings.Add((parsed, options) => options with { DataPath = parsed.GetValue(data) ?? "" });
        Add(command, "--listen", "ADDRESS", "Address to listen on", OptionParsers.Address, Defaults.Listen,
            (options, value) => options with { Listen = value ?? IPAddress.Loopback });
        Add(command, "--port", "N", "TCP port; 0 lets the system choose", OptionParsers.Whole, Defaults.Port,
            (options, value) => options with { Port = value });
        Add(command, "--registration", OptionParsers.Choices<RegistrationMode>(), "Who may make an account over the wire: whoever reaches a loopback address, anybody, nobody",
            OptionParsers.Choice<RegistrationMode>, Defaults.Registration, (options, value) => options with { Registration = value });
        var plaintext = new Option<bool>("--plaintext") { Description = "Listening in clear text beyond loopback is meant" };
        command.Add(plaintext);
        _bindings.Add((parsed, options) => options with { Plaintext = parsed.GetValue(plaintext) });
        var trusted = new Option<ImmutableArray<IPNetwork>>("--trust-source")
        {
            HelpName = "CIDR",
            Description = "Network whose connections are exempt from rates; may be given several times",
            CustomParser = OptionParsers.Networks,
            Arity = ArgumentArity.OneOrMore,
        };
        command.Add(trusted);
        _bindings.Add((parsed, options) => parsed.GetValue(trusted) is { IsDefault: false } networks ? options with { TrustSources = networks } : options);
        Add(command, "--loops", "N", "Threads that own partitions and connections, 1 to 16", OptionParsers.Whole, Defaults.Loops,
            (options, value) => options with { Loops = value });
        Add(command, "--transport", OptionParsers.Choices<TransportKind>(), "How connections are watched",
            OptionParsers.Choice<TransportKind>, Defaults.Transport, (options, value) => options with { Transport = value });
        Add(command, "--log-level", OptionParsers.Choices<LogLevel>(), "Least level of what is logged",
            OptionParsers.Choice<LogLevel>, Defaults.LogLevel, (options, value) => options with { LogLevel = value });
    }

    private void AddTimes(Command command)
    {
        AddSeconds(command, "--hello-timeout", "Time from a connection to its Hello", Defaults.HelloTimeout,
            (options, value) => options with { HelloTimeout = value });
        AddSeconds(command, "--keep-alive-foreground", "Interval at which a client in the foreground must be heard", Defaults.KeepAliveForeground,
            (options, value) => options with { KeepAliveForeground = value });
        AddSeconds(command, "--keep-alive-background", "Interval at which a client in the background must be heard", Defaults.KeepAliveBackground,
            (options, value) => options with { KeepAliveBackground = value });
        AddSeconds(command, "--stall-timeout", "Time without progress after which a client that does not read is closed", Defaults.StallTimeout,
            (options, value) => options with { StallTimeout = value });
        AddSeconds(command, "--stop-timeout", "Time that a graceful stop may take", Defaults.StopTimeout,
            (options, value) => options with { StopTimeout = value });
    }

    private void AddRates(Command command)
    {
        AddCount(command, "--messages-per-second", "Messages a second of one user", Defaults.MessagesPerSecond,
            (options, value) => options with { MessagesPerSecond = value });
        AddCount(command, "--messages-burst", "Messages at once of one user", Defaults.MessagesBurst,
            (options, value) => options with { MessagesBurst = value });
        AddCount(command, "--accepts-per-second", "Connections a second; twice as many at once", Defaults.AcceptsPerSecond,
            (options, value) => options with { AcceptsPerSecond = value });
        AddCount(command, "--accepts-per-second-per-address", "Connections a second from one address", Defaults.AcceptsPerSecondPerAddress,
            (options, value) => options with { AcceptsPerSecondPerAddress = value });
        AddCount(command, "--unauthenticated-per-address", "Connections from one address that have not logged in", Defaults.UnauthenticatedPerAddress,
            (options, value) => options with { UnauthenticatedPerAddress = value });
    }

    private void AddSizes(Command command)
    {
        AddCount(command, "--outbox-entries", "Entries that may wait for one device", Defaults.OutboxEntries,
            (options, value) => options with { OutboxEntries = value });
        AddBytes(command, "--outbox-bytes", "Bytes of payload that may wait for one device", Defaults.OutboxBytes,
            (options, value) => options with { OutboxBytes = value });
        AddCount(command, "--window-messages", "Messages pushed and not acknowledged on one session", Defaults.WindowMessages,
            (options, value) => options with { WindowMessages = value });
        AddBytes(command, "--window-bytes", "Bytes of payload pushed and not acknowledged on one session", Defaults.WindowBytes,
            (options, value) => options with { WindowBytes = Saturated(value) });
        AddBytes(command, "--send-queue-bytes", "Bytes that may wait for one socket", Defaults.SendQueueBytes,
            (options, value) => options with { SendQueueBytes = Saturated(value) });
        AddCount(command, "--send-queue-frames", "Frames that may wait for one socket", Defaults.SendQueueFrames,
            (options, value) => options with { SendQueueFrames = value });
        AddBytes(command, "--segment-bytes", "Bytes of one file of the log; for a new data directory", Defaults.SegmentBytes,
            (options, value) => options with { SegmentBytes = value });
        Add(command, "--mark-delay", "MILLISECONDS", "Time by which the mark of what was acknowledged may follow; 0: before", OptionParsers.Whole, (int)Defaults.MarkDelay.TotalMilliseconds,
            (options, value) => options with { MarkDelay = TimeSpan.FromMilliseconds(value) });
        AddCount(command, "--retention-days", "Days after which what nobody has got is given up", Defaults.RetentionDays,
            (options, value) => options with { RetentionDays = value });
        AddBytes(command, "--checkpoint-bytes", "Bytes of log between two checkpoints", Defaults.CheckpointBytes,
            (options, value) => options with { CheckpointBytes = value });
    }

    // What does not fit is far above every limit, and is refused as such.
    private static int Saturated(long value) => (int)Math.Min(value, int.MaxValue);

    private void AddSeconds(Command command, string name, string description, TimeSpan standard, Func<ServerOptions, TimeSpan, ServerOptions> set) =>
        Add(command, name, "SECONDS", description, OptionParsers.Whole, (int)standard.TotalSeconds,
            (options, value) => set(options, TimeSpan.FromSeconds(value)));

    private void AddCount(Command command, string name, string description, int standard, Func<ServerOptions, int, ServerOptions> set) =>
        Add(command, name, "N", description, OptionParsers.Whole, standard, set);

    private void AddBytes(Command command, string name, string description, long standard, Func<ServerOptions, long, ServerOptions> set) =>
        Add(command, name, "BYTES", description, OptionParsers.Bytes, standard, set);

    private void Add<T>(Command command, string name, string value, string description,
        Func<ArgumentResult, T> parse, T standard, Func<ServerOptions, T?, ServerOptions> set)
    {
        var option = new Option<T>(name)
        {
            HelpName = value,
            Description = description,
            CustomParser = parse,
            DefaultValueFactory = _ => standard,
            Arity = ArgumentArity.ExactlyOne,
        };
        command.Add(option);
        _bindings.Add((parsed, options) => set(options, parsed.GetValue(option)));
    }
}
