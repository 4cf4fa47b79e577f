using System.Text;

namespace ChatServer.Host.Commands;

/// <summary>
/// Where a password comes from: a file, the environment, a prompt without echo, or a line of standard input. Never an argument:
/// every user of the machine can read those, and the shell keeps them.
/// </summary>
internal static class PasswordSource
{
    public const string Variable = "CHATSERVER_PASSWORD";

    // Longer than any password: what is longer is refused by the policy, not cut.
    private const int CharactersMax = 4_096;

    /// <summary>The UTF-8 bytes of the password; the caller clears them.</summary>
    /// <exception cref="IOException">There is none, or the two that were typed differ.</exception>
    public static byte[] Read(string? file, string user, TextReader input, TextWriter prompt)
    {
        if (file is not null) return ReadFile(file);
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } fromEnvironment) return Encoding.UTF8.GetBytes(fromEnvironment);
        if (Console.IsInputRedirected || !ReferenceEquals(input, Console.In))
            return Encoding.UTF8.GetBytes(input.ReadLine() ?? throw new IOException("no password on standard input"));
        var password = Prompt($"Password for {user}: ", prompt);
        if (!Prompt("Once more: ", prompt).AsSpan().SequenceEqual(password)) throw new IOException("the two passwords differ");
        return password;
    }

    private static byte[] ReadFile(string file)
    {
        using var reader = new StreamReader(file, Encoding.UTF8);
        return Encoding.UTF8.GetBytes(reader.ReadLine() ?? throw new IOException($"{file} is empty"));
    }

    /// <summary>Asks on the console, without showing what is typed.</summary>
    public static byte[] Prompt(string text, TextWriter prompt)
    {
        prompt.Write(text);
        prompt.Flush();
        var typed = new StringBuilder();
        while (typed.Length < CharactersMax)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (key.KeyChar >= ' ') typed.Append(key.KeyChar);
        }

        prompt.WriteLine();
        return Encoding.UTF8.GetBytes(typed.ToString());
    }
}
