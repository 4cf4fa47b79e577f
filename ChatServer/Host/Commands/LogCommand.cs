using System.CommandLine;

namespace ChatServer.Host.Commands;

/// <summary><c>chatserver log verify|inspect</c>: looks at the log of a data directory that no server holds, and changes nothing.</summary>
internal static class LogCommand
{
    private const string Examples = """
        chatserver log verify --data ./chatserver-data
        chatserver log inspect --from 1200 --batches 10

        Exit code 0: everything that was acknowledged verifies. 2: it does not, or the directory is in use.
        """;

    public static Command Create()
    {
        var data = ServeCommand.DataOption();
        data.Recursive = true;
        return new ExampleCommand("log", "Verify or list the log of a stopped server's data directory", Examples) { Verify(data), Inspect(data), data };
    }

    private static Command Verify(Option<string> data)
    {
        var command = new Command("verify", "Check every byte that was acknowledged, and count the records by kind");
        command.SetAction(parsed =>
        {
            LogInspection.Verify(parsed.GetValue(data) ?? "", parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Inspect(Option<string> data)
    {
        var from = new Option<ulong>("--from") { HelpName = "BATCH", Description = "The first batch to list", DefaultValueFactory = _ => 1 };
        var batches = new Option<ulong>("--batches") { HelpName = "N", Description = "How many batches to list", DefaultValueFactory = _ => ulong.MaxValue };
        var command = new Command("inspect", "List records: batch, partition, section, address, kind and length; never what people wrote") { from, batches };
        command.SetAction(parsed =>
        {
            LogInspection.Inspect(parsed.GetValue(data) ?? "", parsed.GetValue(from), parsed.GetValue(batches), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
