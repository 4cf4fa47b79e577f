using System.Diagnostics;
using NUnit.Framework;

namespace ChatServer.Tests.House;

/// <summary>
/// Tools that are not part of .NET and that a few tests need. On a user's machine such a test is skipped with the reason; where
/// CHATSERVER_CI is set it fails, because there the tools were to be installed and a skipped proof is none.
/// </summary>
internal static class OutsideTool
{
    public const string CiVariable = "CHATSERVER_CI";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static bool IsCi => Environment.GetEnvironmentVariable(CiVariable) is { Length: > 0 };

    /// <summary>Full path of a program; skips or fails the test when it is not on the PATH.</summary>
    public static string Require(string program)
    {
        if (FindAll(program).FirstOrDefault() is { } path) return path;
        throw Missing($"{program} is not installed");
    }

    /// <summary>Full path of the first Python 3 that has a module; skips or fails the test when there is none.</summary>
    public static string RequirePython(string module)
    {
        Require("python3");
        return FindAll("python3").FirstOrDefault(python => HasModule(python, module))
            ?? throw Missing($"python3 has no module {module} (Debian: python3-{module})");
    }

    private static bool HasModule(string python, string module)
    {
        using var process = Process.Start(new ProcessStartInfo(python, ["-c", $"import {module}"]) { RedirectStandardError = true });
        if (process is null) throw Missing($"{python} does not start");
        // Read to the end first: a process that fills its pipe never exits.
        process.StandardError.ReadToEnd();
        if (!process.WaitForExit(Patience)) throw new TimeoutException($"{python} does not end");
        return process.ExitCode == 0;
    }

    private static IEnumerable<string> FindAll(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).Where(File.Exists);

    /// <summary>The end of a test that lacks something, with the reason: skipped, or failed where it was to be there.</summary>
    public static ResultStateException Missing(string reason) =>
        IsCi ? new AssertionException($"{reason}, and {CiVariable} says that it must be") : new IgnoreException(reason);
}
