using System.CommandLine;
using System.Text;
using ChatServer.Host;
using ChatServer.Host.Commands;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Wire;
using Spectre.Console;

namespace ChatServer.Terminal;

/// <summary><c>chatserver chat NAME</c>: the options, the password at the first use, and which of the two terminals it is.</summary>
internal sealed class ChatCommand
{
    private const string Examples = """
        chatserver chat alice                          on this machine; the first use makes an account, if the server allows it
        chatserver chat alice --host chat.example.org
        echo "send bob hello" | chatserver chat alice --plain

        --plain writes a line an event: connected, caught-up, offline WHY, stopped WHY, message NAME SEQUENCE TEXT,
        own NAME SEQUENCE TEXT (from your other device), sent NAME SEQUENCE, refused WHY, delivered NAME SEQUENCE,
        read NAME SEQUENCE, error WHY. It takes commands as lines: send NAME TEXT, read NAME, quit. In TEXT \n is a new
        line, \\ a backslash. The password is taken from CHATSERVER_PASSWORD there.
        """;

    private readonly Argument<string> _name = new("NAME") { Description = "Who you are: 1 to 64 of a-z 0-9 . _ - @ +" };
    private readonly Option<string> _host = new("--host") { HelpName = "HOST", Description = "The server", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly Option<int> _port = new("--port") { HelpName = "N", Description = "Its port", DefaultValueFactory = _ => 5_222 };
    private readonly Option<string> _device = new("--device") { HelpName = "DEVICE", Description = "This device's name among your up to 5", DefaultValueFactory = _ => DeviceName() };
    private readonly Option<string> _store = new("--store") { HelpName = "DIR", Description = "Where token, cursors and unsent messages are kept", DefaultValueFactory = _ => StoreRoot() };
    private readonly Option<bool> _plain = new("--plain") { Description = "A line an event, commands on standard input; also when there is no terminal" };
    private readonly TextReader _input;
    private readonly TextWriter _output;

    private ChatCommand(TextReader input, TextWriter output) => (_input, _output) = (input, output);

    public static Command Create(TextReader input, TextWriter output)
    {
        var chat = new ChatCommand(input, output);
        var command = new ExampleCommand("chat", "Talk, in a terminal", Examples) { chat._name, chat._host, chat._port, chat._device, chat._store, chat._plain };
        command.SetAction((parsed, stop) => chat.RunAsync(parsed, stop));
        return command;
    }

    private static string StoreRoot() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "chatserver-chat");

    private static string DeviceName()
    {
        var name = new string([.. Environment.MachineName.ToLowerInvariant().Where(one => char.IsAsciiLetterOrDigit(one) || one is '.' or '-' or '_').Take(ProtocolLimits.DeviceIdBytes)]);
        return name.Length > 0 ? name : "terminal";
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (!UserId.TryParse(parsed.GetRequiredValue(_name), out var user)) return await ComplainAsync(error, "NAME: 1 to 64 of a-z 0-9 . _ - @ + are needed");
        if (!DeviceId.TryParse(parsed.GetValue(_device) ?? "", out var device)) return await ComplainAsync(error, "--device: 1 to 32 of a-z 0-9 . _ - @ + are needed");
        var port = parsed.GetValue(_port);
        if (port is < 1 or > ushort.MaxValue) return await ComplainAsync(error, $"--port: {port} is not between 1 and 65535");

        using var signals = new StopSignals();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, signals.Stop);
        var host = parsed.GetValue(_host) ?? "127.0.0.1";
        var isPlain = parsed.GetValue(_plain) || Console.IsInputRedirected || Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi;
        var folder = Path.Combine(parsed.GetValue(_store) ?? StoreRoot(), FormattableString.Invariant($"{host.Replace(':', '_')}_{port}"), user.Value, device.Value);
        using var store = new FileClientStore(folder);
        string? password = null;
        if (store.Load().Token.IsEmpty)
        {
            password = Password(isPlain, user, error);
            if (password is null) return await ComplainAsync(error, $"no password: set {PasswordSource.Variable}, or run without --plain in a terminal once");
        }

        var client = new ChatClient(new ChatClientOptions
        {
            Host = host, Port = port, User = user, Device = device, Store = store, Password = password, Register = true, ClientName = "chatserver chat",
        });
        await using (client)
        {
            client.Start();
            var book = new ConversationBook(user);
            return isPlain
                ? await new PlainTerminal(client, book, _input, _output).RunAsync(both.Token)
                : await new ScreenTerminal(client, book, AnsiConsole.Console, static () => Console.ReadKey(intercept: true)).RunAsync(both.Token);
        }
    }

    private static string? Password(bool isPlain, UserId user, TextWriter prompt)
    {
        if (Environment.GetEnvironmentVariable(PasswordSource.Variable) is { Length: > 0 } given) return given;
        if (isPlain) return null;
        return Encoding.UTF8.GetString(PasswordSource.Prompt($"Password for {user} (a new name gets an account with it): ", prompt));
    }

    private static async Task<int> ComplainAsync(TextWriter error, string reason)
    {
        await CommandSet.ComplainAsync(error, reason);
        return ExitCode.Usage;
    }
}
