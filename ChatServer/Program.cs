using ChatServer.Diagnostics;
using ChatServer.Host;
using ChatServer.Host.Commands;
using ChatServer.Terminal;

namespace ChatServer;

/// <summary>The executable: puts the command line together with what it starts.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
#if MUTANTS
        Core.PlantedBugs.Active = Enum.Parse<Core.PlantedBug>(Environment.GetEnvironmentVariable("CHATSERVER_MUTANT") ?? nameof(Core.PlantedBug.None));
#endif
        try
        {
            var commands = new CommandSet(Serving.ServeAsync, Serving.AdministerAsync, [ChatCommand.Create(Console.In, Console.Out)], Console.In, Console.Out, Console.Error);
            return await commands.RunAsync(arguments, CancellationToken.None);
        }
        finally
        {
            Log.Close();
        }
    }
}
