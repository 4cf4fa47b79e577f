using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ChatServer.Storage;

namespace ChatServer.Host.Commands;

/// <summary>
/// The command line of the executable: <c>serve</c> is meant when no command is named. A mistake is one line on standard error
/// and exit code 2.
/// </summary>
internal sealed class CommandSet
{
    private const string Examples = """
        chatserver                       serve on 127.0.0.1:5222, data in ./chatserver-data
        chatserver chat alice            talk, in another terminal
        chatserver user list             who has an account
        chatserver serve --help          what can be chosen
        """;

    private static readonly string[] OwnOptions = ["-h", "-?", "--help", "--version"];

    private readonly RootCommand _root = new("A chat server in one executable, and a client to try it with.");
    private readonly TextReader _input;
    private readonly TextWriter _output;
    private readonly TextWriter _error;

    /// <summary><paramref name="others"/>: commands of rooms above this one.</summary>
    public CommandSet(
        Func<ServerOptions, CancellationToken, Task<int>> serve, OfflineAdministration offline, IEnumerable<Command> others,
        TextReader input, TextWriter output, TextWriter error)
    {
        (_input, _output, _error) = (input, output, error);
        _root.Add(ServeCommand.Create(serve));
        foreach (var command in others) _root.Add(command);
        _root.Add(UserCommand.Create(offline, _input));
        _root.Add(StatusCommand.Create());
        _root.Add(LogCommand.Create());
        _root.Add(BackupCommand.CreateBackup());
        _root.Add(BackupCommand.CreateRestore());
        foreach (var option in _root.Options)
            if (option is HelpOption { Action: SynchronousCommandLineAction help }) option.Action = new ExampleHelp(help, Examples);
    }

    /// <summary>Does what the arguments say; the result is the exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        // No response files: a user's name may begin with @.
        var parsed = _root.Parse(WithCommand(arguments), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            await ComplainAsync(_error, $"{Mistake(parsed)} ({PathOf(parsed.CommandResult)} --help says what can be chosen)");
            return ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            Output = _output,
            Error = _error,
            EnableDefaultExceptionHandler = false,
            // Signals are the host's: a graceful stop takes its time, and the library would cut it off.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Refused;
        }
        catch (Exception e) when (e is StorageException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // What the machine or the data directory refuses is said in the exception's words: they are made for this line.
            await ComplainAsync(_error, FirstLine(e.Message));
            return ExitCode.Usage;
        }
    }

    /// <summary>One line on standard error, as this program says all of them.</summary>
    internal static Task ComplainAsync(TextWriter error, string reason) => error.WriteLineAsync($"chatserver: {reason}");

    private static IReadOnlyList<string> WithCommand(IReadOnlyList<string> arguments)
    {
        var named = arguments.Count > 0 && (!arguments[0].StartsWith('-') || OwnOptions.Contains(arguments[0]));
        return named ? arguments : ["serve", .. arguments];
    }

    private static string Mistake(ParseResult parsed)
    {
        // What was typed and is not known explains the library's other complaints, such as a command that is missing.
        if (parsed.UnmatchedTokens is [var unknown, ..]) return $"'{FirstLine(unknown)}' is not known here";
        var commands = parsed.CommandResult.Command.Subcommands;
        return commands.Count > 0 ? $"one of {string.Join(", ", commands.Select(one => one.Name))} is needed" : FirstLine(parsed.Errors[0].Message).TrimEnd('.');
    }

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "chatserver";

    private static string FirstLine(string message) => message.ReplaceLineEndings("\n").Split('\n')[0];
}
