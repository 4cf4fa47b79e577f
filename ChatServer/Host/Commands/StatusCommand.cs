using System.CommandLine;
using System.Globalization;

namespace ChatServer.Host.Commands;

/// <summary><c>chatserver status</c>: asks the server that runs on a data directory how it is.</summary>
internal static class StatusCommand
{
    private const string Examples = """
        chatserver status --data ./chatserver-data
        chatserver status --data ./chatserver-data --collect

        Exit code 0: nothing is unaccounted for. 1: something is, which is a bug. 2: no server runs there.
        """;

    public static Command Create()
    {
        var data = ServeCommand.DataOption();
        var collect = new Option<bool>("--collect") { Description = "Collect garbage first, so that heapBytes is what is needed; the server stands still meanwhile" };
        var command = new ExampleCommand("status", "What became of every message, what is on disk and in memory", Examples) { data, collect };
        command.SetAction(async (parsed, stop) =>
        {
            var path = parsed.GetValue(data) ?? "";
            using var client = await AdminClient.TryConnectAsync(path, stop);
            if (client is null)
            {
                await CommandSet.ComplainAsync(parsed.InvocationConfiguration.Error, $"{path}: no server runs on this directory");
                return ExitCode.Usage;
            }

            var answer = await client.AskAsync(new AdminRequest { Command = AdminCommand.Status, Collected = parsed.GetValue(collect) }, stop);
            foreach (var (name, value) in answer.Status) await parsed.InvocationConfiguration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-19} {value,16}"));
            return answer.Status.GetValueOrDefault(ShardStatus.UnaccountedName) == 0 ? ExitCode.Done : ExitCode.Refused;
        });
        return command;
    }
}
