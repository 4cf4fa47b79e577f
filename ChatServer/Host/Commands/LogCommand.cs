using System.CommandLine;
using ChatServer.Storage;

namespace ChatServer.Host.Commands;

/// <summary><c>chatserver log verify|inspect|export</c>: looks at the log of a data directory that no server holds, and changes nothing.</summary>
internal static class LogCommand
{
    private const string Examples = """
        chatserver log verify --data ./chatserver-data
        chatserver log inspect --from 1200 --batches 10
        chatserver log export --payloads > everything.jsonl

        Exit code 0: everything verifies. 1: something is damaged, and everything that was acknowledged is there all the
        same. 2: something that was acknowledged does not verify, or the directory is in use.
        """;

    public static Command Create()
    {
        var data = ServeCommand.DataOption();
        data.Recursive = true;
        return new ExampleCommand("log", "Verify, list or export the log of a stopped server's data directory", Examples) { Verify(data), Inspect(data), Export(data), data };
    }

    private static Command Verify(Option<string> data)
    {
        var command = new Command("verify", "Check every byte that was acknowledged, and count the records by kind");
        command.SetAction(parsed =>
        {
            using var log = StoredLog.Open(parsed.GetValue(data) ?? "");
            var (isWhole, _) = LogVerification.Run(log, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return isWhole ? ExitCode.Done : ExitCode.Refused;
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

    private static Command Export(Option<string> data)
    {
        var payloads = new Option<bool>("--payloads") { Description = "With what people wrote, in base64; else only how long it is" };
        var command = new Command("export", "Users, conversations and what waits, as lines of JSON") { payloads };
        command.SetAction(parsed =>
        {
            LogExport.Run(parsed.GetValue(data) ?? "", parsed.GetValue(payloads), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
