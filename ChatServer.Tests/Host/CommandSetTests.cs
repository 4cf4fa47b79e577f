using System.CommandLine;
using System.Net;
using ChatServer.Diagnostics;
using ChatServer.Host;
using ChatServer.Host.Commands;
using NUnit.Framework;

namespace ChatServer.Tests.Host;

internal sealed class CommandSetTests
{
    private readonly List<ServerOptions> _served = [];

    [SetUp]
    public void Forget() => _served.Clear();

    [TestCase("")]
    [TestCase("serve")]
    public async Task Serve_is_meant_when_nothing_is_said(string arguments)
    {
        var (code, _, error) = await RunAsync(arguments);
        Assert.That((code, error), Is.EqualTo((0, "")));
        Assert.That(_served, Is.EqualTo(new[] { new ServerOptions { TrustSources = _served[0].TrustSources } }));
    }

    [Test]
    public async Task Options_without_a_command_are_for_serve()
    {
        await RunAsync("--port 6000 --data x");
        Assert.That((_served[0].Port, _served[0].DataPath), Is.EqualTo((6_000, "x")));
    }

    [Test]
    public async Task Every_option_reaches_its_property()
    {
        var (code, _, error) = await RunAsync(
            "serve --data D --listen ::1 --port 1 --registration closed --plaintext --trust-source 10.0.0.0/8 --trust-source ::1/128 --loops 3 "
            + "--log-level warning --hello-timeout 2 --keep-alive-foreground 33 --keep-alive-background 44 --stall-timeout 5 --stop-timeout 6 "
            + "--messages-per-second 7 --messages-burst 8 --accepts-per-second 9 --accepts-per-second-per-address 10 "
            + "--unauthenticated-per-address 11 --outbox-entries 12 --outbox-bytes 1MiB --window-messages 13 --window-bytes 64KiB "
            + "--send-queue-bytes 200000 --send-queue-frames 17 --segment-bytes 32MiB --checkpoint-bytes 512MiB --retention-days 18");
        Assert.That((code, error), Is.EqualTo((0, "")));
        var options = _served[0];
        Assert.That(options.TrustSources, Is.EqualTo(new[] { IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("::1/128") }));
        Assert.That(options, Is.EqualTo(new ServerOptions
        {
            DataPath = "D", Listen = IPAddress.IPv6Loopback, Port = 1, Registration = RegistrationMode.Closed, Plaintext = true,
            TrustSources = options.TrustSources, Loops = 3, LogLevel = LogLevel.Warning, HelloTimeout = TimeSpan.FromSeconds(2),
            KeepAliveForeground = TimeSpan.FromSeconds(33), KeepAliveBackground = TimeSpan.FromSeconds(44), StallTimeout = TimeSpan.FromSeconds(5),
            StopTimeout = TimeSpan.FromSeconds(6), MessagesPerSecond = 7, MessagesBurst = 8, AcceptsPerSecond = 9, AcceptsPerSecondPerAddress = 10,
            UnauthenticatedPerAddress = 11, OutboxEntries = 12, OutboxBytes = 1_048_576, WindowMessages = 13, WindowBytes = 65_536,
            SendQueueBytes = 200_000, SendQueueFrames = 17, SegmentBytes = 32 * 1_048_576, CheckpointBytes = 512 * 1_048_576, RetentionDays = 18,
        }));
    }

    [TestCase("--port x", "--port: 'x' is not a whole number")]
    [TestCase("--port 70000", "--port: 70000 is not between 0 and 65535")]
    [TestCase("--prot 1", "'--prot'")]
    [TestCase("--port", "--port")]
    [TestCase("frobnicate", "'frobnicate'")]
    [TestCase("--listen here", "--listen: 'here' is not an IP address")]
    [TestCase("--listen 0.0.0.0", "--plaintext")]
    [TestCase("--registration maybe", "--registration: 'maybe' is not one of loopback|open|closed")]
    [TestCase("--trust-source 10.0.0.300", "--trust-source: '10.0.0.300' is not a network")]
    [TestCase("--outbox-bytes 99999999999999999999", "--outbox-bytes")]
    [TestCase("--outbox-bytes -1", "--outbox-bytes")]
    [TestCase("--window-bytes 9GiB", "--window-bytes")]
    [TestCase("--hello-timeout 1.5", "--hello-timeout")]
    [TestCase("user", "")]
    [TestCase("user add", "either NAME or --batch")]
    [TestCase("user add a --hashed", "--hashed")]
    [TestCase("user add a --password secret", "--password")]
    [TestCase("user remove", "")]
    public async Task A_mistake_is_one_clear_line_and_exit_code_2(string arguments, string said)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.That(code, Is.EqualTo(2));
        Assert.That(output, Is.Empty);
        Assert.That(error, Does.Match(@"\Achatserver: [^\n]+\n\z").And.Contain(said));
        Assert.That(error, Does.Not.Contain("System."));
        Assert.That(_served, Is.Empty);
    }

    [TestCase("--help", "chatserver chat alice")]
    [TestCase("serve --help", "chatserver serve --data /var/lib/chatserver")]
    [TestCase("user --help", "chatserver user add alice")]
    [TestCase("user add --help", "--batch")]
    public async Task Help_has_examples(string arguments, string example)
    {
        var (code, output, _) = await RunAsync(arguments);
        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain(example));
    }

    [Test]
    public async Task A_command_of_another_room_is_reached()
    {
        var seen = "";
        var name = new Argument<string>("NAME");
        var chat = new Command("chat", "Talk") { name };
        chat.SetAction(parsed => seen = parsed.GetValue(name) ?? "");
        Assert.That((await RunAsync("chat alice", chat)).Code, Is.Zero);
        Assert.That(seen, Is.EqualTo("alice"));
    }

    [Test]
    public async Task What_the_machine_refuses_is_one_line_and_exit_code_2()
    {
        var commands = new CommandSet((_, _) => throw new IOException("the port 5222 is taken\nby another"), NobodyAsync, [], TextReader.Null, TextWriter.Null, new StringWriter());
        Assert.That(await commands.RunAsync([], CancellationToken.None), Is.EqualTo(2));
    }

    private static Task<int> NobodyAsync(string dataPath, Func<AdminHandler, Task<int>> work) => Task.FromResult(99);

    private async Task<(int Code, string Output, string Error)> RunAsync(string arguments, params Command[] others)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var commands = new CommandSet((options, _) =>
        {
            _served.Add(options);
            return Task.FromResult(0);
        }, NobodyAsync, others, TextReader.Null, output, error);
        var code = await commands.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
