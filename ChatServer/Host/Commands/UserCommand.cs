using System.CommandLine;
using System.Security.Cryptography;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;

namespace ChatServer.Host.Commands;

/// <summary>
/// <c>chatserver user add|list|passwd|remove</c>: asks the running server through its socket, or opens the data directory
/// itself when no server holds it. Passwords are hashed here.
/// </summary>
internal sealed class UserCommand
{
    private const string Examples = """
        chatserver user add alice
        chatserver user add alice --password-file alice.txt
        chatserver user add --batch accounts.txt --trusted     lines of 'name password', - for standard input
        chatserver user list
        chatserver user passwd alice
        chatserver user remove alice

        Passwords come from a prompt, --password-file, the environment variable CHATSERVER_PASSWORD, or standard input.
        """;

    private readonly OfflineAdministration _offline;
    private readonly TextReader _input;
    private readonly Argument<string> _name = new("NAME") { Description = "Lower-case letters, digits and . _ - @ +" };
    private readonly Option<string> _data = ServeCommand.DataOption();
    private readonly Option<string?> _passwordFile = new("--password-file") { HelpName = "FILE", Description = "The password is the first line of this file" };

    private UserCommand(OfflineAdministration offline, TextReader input)
    {
        _offline = offline;
        _input = input;
    }

    public static Command Create(OfflineAdministration offline, TextReader input)
    {
        var user = new UserCommand(offline, input);
        var command = new ExampleCommand("user", "Make and change accounts, of a running server or of a stopped one's data directory", Examples)
        {
            user.Add(), user.List(), user.SetPassword(), user.Remove(),
        };
        user._data.Recursive = true;
        command.Add(user._data);
        return command;
    }

    /// <summary>What a refusal means here.</summary>
    internal static string Reason(AdminAnswer answer) => answer switch
    {
        { Detail: { Length: > 0 } detail } => detail,
        { Code: ErrorCode.NameTaken } => "the name is taken",
        { Code: ErrorCode.UnknownRecipient } => "there is no such user",
        { Code: ErrorCode.BadName } => "not a name: 1 to 64 lower-case letters, digits and . _ - @ +",
        { Code: ErrorCode.PasswordPolicy } => $"a password has {ProtocolLimits.PasswordMinBytes} to {ProtocolLimits.SecretBytes} bytes of text",
        { Code: ErrorCode.Busy } => "the server is busy; try again",
        _ => $"refused ({answer.Code})",
    };

    private ExampleCommand Add()
    {
        var name = new Argument<string?>("NAME") { Description = _name.Description, Arity = ArgumentArity.ZeroOrOne };
        var trusted = new Option<bool>("--trusted") { Description = "Exempt from rates: for bots and load tests" };
        var batch = new Option<string?>("--batch") { HelpName = "FILE", Description = "Make the accounts in FILE, one 'name password' a line" };
        var hashed = new Option<bool>("--hashed") { Description = "With --batch: the second word is a PHC string ($argon2id$…) instead of a password" };
        var command = new ExampleCommand("add", "Make an account, or many", "chatserver user add alice\nchatserver user add --batch accounts.txt --trusted")
        {
            name, trusted, batch, hashed, _passwordFile,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(name) is null == result.GetValue(batch) is null) result.AddError("user add: either NAME or --batch FILE is needed");
            if (result.GetValue(hashed) && result.GetValue(batch) is null) result.AddError("user add: --hashed goes with --batch");
        });
        command.SetAction((parsed, stop) => parsed.GetValue(batch) is { } file
            ? WithServer(
                parsed,
                ask => new UserBatch(ask, parsed.GetValue(trusted), parsed.GetValue(hashed), parsed.InvocationConfiguration).AddAsync(file, _input, stop),
                stop)
            : SetAsync(parsed, parsed.GetValue(name) ?? "", "added", AdminCommand.AddUser, parsed.GetValue(trusted), stop));
        return command;
    }

    private Command List()
    {
        var command = new Command("list", "Name the accounts, one a line: name, devices, 'trusted'");
        command.SetAction((parsed, stop) => WithServer(parsed, async ask =>
        {
            var request = new AdminRequest { Command = AdminCommand.ListUsers, Limit = AdminLines.PageUsers };
            while (true)
            {
                var page = await ask(request, stop);
                if (page.Code != ErrorCode.None) return await RefuseAsync(parsed, "list", page);
                foreach (var user in page.Users)
                    await parsed.InvocationConfiguration.Output.WriteLineAsync($"{user.Name}\t{user.Devices}\t{(user.Trusted ? "trusted" : "")}".TrimEnd('\t'));
                if (!page.More || page.Users.IsEmpty) return ExitCode.Done;
                request = request with { User = page.Users[^1].Name };
            }
        }, stop));
        return command;
    }

    private Command SetPassword()
    {
        var command = new Command("passwd", "Give an account another password; its devices stay logged in") { _name, _passwordFile };
        command.SetAction((parsed, stop) =>
            SetAsync(parsed, parsed.GetRequiredValue(_name), "changed", AdminCommand.SetPassword, trusted: false, stop));
        return command;
    }

    private Command Remove()
    {
        var command = new Command("remove", "Remove an account, its devices, and what waits for them") { _name };
        command.SetAction((parsed, stop) => WithServer(parsed, async ask =>
        {
            var name = parsed.GetRequiredValue(_name);
            var answer = await ask(new AdminRequest { Command = AdminCommand.RemoveUser, User = name }, stop);
            return await ReportAsync(parsed, name, "removed", answer);
        }, stop));
        return command;
    }

    private async Task<int> SetAsync(ParseResult parsed, string name, string done, AdminCommand command, bool trusted, CancellationToken stop)
    {
        // Before the prompt: nobody should type a password twice to be told that the name is not one.
        if (!UserId.TryParse(name, out _)) return await RefuseAsync(parsed, name, new AdminAnswer { Code = ErrorCode.BadName });
        var password = PasswordSource.Read(parsed.GetValue(_passwordFile), name, _input, parsed.InvocationConfiguration.Error);
        try
        {
            if (PasswordPolicy.Check(password) is not ErrorCode.None and var code)
                return await RefuseAsync(parsed, name, new AdminAnswer { Code = code });
            var request = new AdminRequest { Command = command, User = name, PasswordHash = PasswordHasher.Hash(password), Trusted = trusted };
            return await WithServer(parsed, async ask => await ReportAsync(parsed, name, done, await ask(request, stop)), stop);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    private async Task<int> WithServer(ParseResult parsed, Func<AdminHandler, Task<int>> work, CancellationToken stop)
    {
        var dataPath = parsed.GetValue(_data) ?? "";
        using var client = await AdminClient.TryConnectAsync(dataPath, stop);
        return client is null ? await _offline(dataPath, work) : await work(client.AskAsync);
    }

    private static async Task<int> ReportAsync(ParseResult parsed, string name, string done, AdminAnswer answer)
    {
        if (answer.Code != ErrorCode.None) return await RefuseAsync(parsed, name, answer);
        await parsed.InvocationConfiguration.Output.WriteLineAsync($"{done} {name}");
        return ExitCode.Done;
    }

    private static async Task<int> RefuseAsync(ParseResult parsed, string name, AdminAnswer answer)
    {
        await CommandSet.ComplainAsync(parsed.InvocationConfiguration.Error, $"{name}: {Reason(answer)}");
        return ExitCode.Refused;
    }
}
