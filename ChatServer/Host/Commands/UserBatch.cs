using System.CommandLine;
using System.Text;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;

namespace ChatServer.Host.Commands;

/// <summary>
/// Makes many accounts from lines of <c>name password</c>; empty lines and those that begin with # are skipped. What is refused
/// is named with its line, and the rest goes on. Passwords are hashed on all cores, a block of lines at a time, then asked one
/// after the other.
/// </summary>
internal sealed class UserBatch(AdminHandler ask, bool trusted, bool hashed, InvocationConfiguration console)
{
    /// <summary>Lines that are in memory at a time.</summary>
    private const int BlockLines = 256;

    /// <summary>Refusals that are told; the rest is counted.</summary>
    private const int ComplaintsMax = 20;

    private int _line;
    private int _added;
    private int _refused;

    /// <summary>The exit code: refused if any was.</summary>
    public async Task<int> AddAsync(string file, TextReader input, CancellationToken stop)
    {
        using var opened = file == "-" ? null : new StreamReader(file, Encoding.UTF8);
        var reader = opened ?? input;
        while (true)
        {
            var block = new List<Account>(BlockLines);
            while (block.Count < BlockLines && await reader.ReadLineAsync(stop) is { } text)
            {
                _line++;
                if (text.Length > 0 && text[0] != '#') block.Add(Account.Parse(_line, text));
            }

            if (block.Count == 0) break;
            var hashes = block.AsParallel().AsOrdered().Select(Hash).ToList();
            for (var i = 0; i < block.Count; i++) await AddAsync(block[i], hashes[i], stop);
        }

        await console.Output.WriteLineAsync($"added {_added}{(_refused > 0 ? $", refused {_refused}" : "")}");
        return _refused == 0 ? ExitCode.Done : ExitCode.Refused;
    }

    private string? Hash(Account account)
    {
        if (hashed) return PasswordHasher.IsReadable(account.Secret) ? account.Secret : null;
        var password = Encoding.UTF8.GetBytes(account.Secret);
        return PasswordPolicy.Check(password) == ErrorCode.None ? PasswordHasher.Hash(password) : null;
    }

    private async Task AddAsync(Account account, string? hash, CancellationToken stop)
    {
        var request = new AdminRequest { Command = AdminCommand.AddUser, User = account.Name, PasswordHash = hash, Trusted = trusted };
        var answer = this switch
        {
            _ when !UserId.TryParse(account.Name, out _) => new AdminAnswer { Code = ErrorCode.BadName },
            _ when hash is null => new AdminAnswer { Code = ErrorCode.PasswordPolicy, Detail = hashed ? "not a PHC string of Argon2id" : "" },
            _ => await ask(request, stop),
        };
        if (answer.Code == ErrorCode.None)
        {
            _added++;
            return;
        }

        if (_refused++ < ComplaintsMax)
            await CommandSet.ComplainAsync(console.Error, $"line {account.Line}: {account.Name}: {UserCommand.Reason(answer)}");
    }

    private sealed record Account(int Line, string Name, string Secret)
    {
        public static Account Parse(int line, string text)
        {
            var space = text.IndexOf(' ', StringComparison.Ordinal);
            return space < 0 ? new Account(line, text, "") : new Account(line, text[..space], text[(space + 1)..]);
        }
    }
}
