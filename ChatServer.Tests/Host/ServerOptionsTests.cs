using System.Net;
using ChatServer.Host;
using NUnit.Framework;

namespace ChatServer.Tests.Host;

internal sealed class ServerOptionsTests
{
    [Test]
    public void The_defaults_are_for_trying_out()
    {
        var options = new ServerOptions();
        Assert.That(options.Problem(), Is.Null);
        Assert.That(options.Listen, Is.EqualTo(IPAddress.Loopback));
        Assert.That(options.Port, Is.EqualTo(5_222));
        Assert.That(options.DataPath, Is.EqualTo("./chatserver-data"));
        Assert.That(options.RegistrationIsOpen, Is.True);
        Assert.That(options.TrustSources, Is.Empty);
    }

    [TestCase(1, 1)]
    [TestCase(2, 1)]
    [TestCase(3, 3)]
    [TestCase(16, 16)]
    [TestCase(128, 16)]
    public void Loops_follow_the_cores(int cores, int loops) => Assert.That(ServerOptions.DefaultLoops(cores), Is.EqualTo(loops));

    [TestCase("127.0.0.1", "Loopback", true)]
    [TestCase("::1", "Loopback", true)]
    [TestCase("0.0.0.0", "Loopback", false)]
    [TestCase("192.0.2.1", "Loopback", false)]
    [TestCase("192.0.2.1", "Open", true)]
    [TestCase("127.0.0.1", "Closed", false)]
    public void Registration_is_open_where_it_was_said_and_else_on_loopback_only(string address, string mode, bool open)
    {
        var options = new ServerOptions { Listen = IPAddress.Parse(address), Registration = Enum.Parse<RegistrationMode>(mode) };
        Assert.That(options.RegistrationIsOpen, Is.EqualTo(open));
    }

    [Test]
    public void Clear_text_beyond_loopback_must_be_meant()
    {
        var options = new ServerOptions { Listen = IPAddress.Any };
        Assert.That(options.Problem(), Does.Contain("--plaintext"));
        Assert.That((options with { Plaintext = true }).Problem(), Is.Null);
    }

    [Test]
    public void Sizes_go_downwards_only()
    {
        var options = new ServerOptions();
        Assert.That((options with { WindowMessages = options.WindowMessages + 1 }).Problem(), Does.StartWith("--window-messages: 513"));
        Assert.That((options with { OutboxBytes = options.OutboxBytes + 1 }).Problem(), Does.StartWith("--outbox-bytes"));
        Assert.That((options with { SendQueueFrames = 1_001 }).Problem(), Does.StartWith("--send-queue-frames"));
        Assert.That((options with { OutboxEntries = 10, WindowMessages = 1 }).Problem(), Is.Null);
    }

    [Test]
    public void A_problem_is_one_line_that_names_the_option()
    {
        var options = new ServerOptions();
        string?[] problems =
        [
            (options with { DataPath = " " }).Problem(), (options with { Port = 65_536 }).Problem(), (options with { Loops = 0 }).Problem(),
            (options with { HelloTimeout = TimeSpan.Zero }).Problem(), (options with { SegmentBytes = 100_000_000 }).Problem(),
            (options with { MessagesPerSecond = 0 }).Problem(), (options with { Listen = IPAddress.IPv6Any }).Problem(),
        ];
        Assert.That(problems, Has.All.Matches(@"\A--[a-z-]+[^\r\n]*\z"));
    }
}
