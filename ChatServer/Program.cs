using ChatServer.Diagnostics;
using ChatServer.Host;
using ChatServer.Host.Commands;

namespace ChatServer;

/// <summary>The executable: puts the command line together with what it starts.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            var commands = new CommandSet(ServeAsync, AdministerAsync, [], Console.In, Console.Out, Console.Error);
            return await commands.RunAsync(arguments, CancellationToken.None);
        }
        finally
        {
            Log.Close();
        }
    }

    // Both need the runtime, which is not in this build.
    private static Task<int> ServeAsync(ServerOptions options, CancellationToken stop) =>
        Task.FromException<int>(new IOException("this build has no server"));

    private static Task<int> AdministerAsync(string dataPath, Func<AdminHandler, Task<int>> work) =>
        Task.FromException<int>(new IOException($"no server runs on {dataPath}, and this build cannot open it"));
}
