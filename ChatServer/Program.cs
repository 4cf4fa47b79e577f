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
