namespace ChatServer.Bench.Reports;

/// <summary>Whether somebody watches, so that there may be colour and lines that are drawn again.</summary>
internal static class WatchedOutput
{
    public static bool Is(TextWriter output) => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
}
