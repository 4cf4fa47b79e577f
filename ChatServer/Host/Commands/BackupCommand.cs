using System.CommandLine;
using System.Globalization;

namespace ChatServer.Host.Commands;

/// <summary><c>chatserver backup</c> and <c>chatserver restore</c>.</summary>
internal static class BackupCommand
{
    private const string BackupExamples = """
        chatserver backup /backups/monday --data ./chatserver-data

        Works while the server runs, and on the directory of a stopped one. What was acknowledged before is in it.
        Exit code 0: it is complete. 1: it was refused. 2: the directory does not verify.
        """;

    private const string RestoreExamples = """
        chatserver restore /backups/monday --data ./chatserver-data

        The backup is verified, copied to a directory that is empty or not there, and read back. Clients are told that
        the history is another one: they reload what they have.
        """;

    private static readonly TimeSpan Sign = TimeSpan.FromSeconds(1);

    public static Command CreateBackup()
    {
        var target = new Argument<string>("DIR") { Description = "Where to: a directory that is empty or not there" };
        var data = ServeCommand.DataOption();
        var command = new ExampleCommand("backup", "Copy a data directory, of a running server or a stopped one", BackupExamples) { target, data };
        command.SetAction(async (parsed, stop) =>
        {
            var (from, to) = (parsed.GetValue(data) ?? "", Path.GetFullPath(parsed.GetValue(target) ?? ""));
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            using var client = await AdminClient.TryConnectAsync(from, stop);
            if (client is not null) return await AskAsync(client, from, to, output, error, stop);
            StoredBackup.BackUp(from, to, output, error);
            return ExitCode.Done;
        });
        return command;
    }

    public static Command CreateRestore()
    {
        var backup = new Argument<string>("BACKUP") { Description = "What 'chatserver backup' made" };
        var data = ServeCommand.DataOption();
        var command = new ExampleCommand("restore", "Make a data directory from a backup", RestoreExamples) { backup, data };
        command.SetAction(parsed =>
        {
            StoredBackup.Restore(parsed.GetValue(backup) ?? "", parsed.GetValue(data) ?? "", parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<int> AskAsync(AdminClient client, string from, string to, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var asked = client.AskAsync(new AdminRequest { Command = AdminCommand.BackUp, Path = to }, stop);
        using (var watcher = await AdminClient.TryConnectAsync(from, stop))
        {
            while (watcher is not null && await Task.WhenAny(asked, Task.Delay(Sign, stop)) != asked)
            {
                if (await TryAskAsync(watcher, stop) is not { } status) break; // only the progress is not shown any more
                await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{status.Status.GetValueOrDefault(ShardStatus.BackupBytesName)} bytes"));
            }
        }

        var answer = await asked;
        if (answer.Code == Protocol.Wire.ErrorCode.None)
        {
            await output.WriteLineAsync(answer.Detail);
            return ExitCode.Done;
        }

        await CommandSet.ComplainAsync(error, answer.Detail);
        return ExitCode.Refused;
    }

    private static async Task<AdminAnswer?> TryAskAsync(AdminClient watcher, CancellationToken stop)
    {
        try
        {
            return await watcher.AskAsync(new AdminRequest { Command = AdminCommand.Status }, stop);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
