using ChatServer.Bench.Load;
using ChatServer.Bench.Reports;
using NUnit.Framework;
using Spectre.Console;

namespace ChatServer.Tests.Bench;

/// <summary>What a run tells of itself while it goes on.</summary>
internal sealed class LiveProgressTests
{
    private static readonly LoadProgress Half = new("measure", 5, 20, 71_234, 0.66, 1.66, 0.97, 0.62, 100 << 20, 0);

    [Test]
    public void Elsewhere_than_on_a_terminal_it_is_a_line() =>
        Assert.That(LiveProgress.Line(Half), Is.EqualTo("measure       5/20 s  msg/s 71,234  p50 0.660 ms  p99 1.66 ms  server 0.97 cores  generator 0.62 cores  memory 100 MiB  errors 0"));

    [Test]
    public void What_is_not_known_is_a_dash() =>
        Assert.That(LiveProgress.Line(Half with { TotalSeconds = null, P50Milliseconds = null, P99Milliseconds = null }), Does.StartWith("measure          5 s ").And.Contain("p50 –  p99 –"));

    [Test]
    public async Task A_second_of_a_phase_has_one_line()
    {
        using var output = new StringWriter();
        var result = await LiveProgress.RunAsync(output, (tell, say) =>
        {
            foreach (var seconds in (double[])[0, 0.4, 0.9, 1.1, 2.0]) tell(Half with { Seconds = seconds });
            say("said in between");
            tell(Half with { Phase = "drain", Seconds = 2.1 });
            return Task.FromResult(7);
        });
        Assert.That(result, Is.EqualTo(7));
        Assert.That(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..Math.Min(17, line.Length)].Trim()), Is.EqualTo(new[] { "measure       0/2", "measure       1/2", "measure       2/2", "said in between", "drain         2/2" }));
    }

    [Test]
    public async Task A_fault_of_the_run_comes_through()
    {
        using var output = new StringWriter();
        await Assert.ThatAsync(() => LiveProgress.RunAsync<int>(output, (_, _) => throw new IOException("broken")), Throws.InstanceOf<IOException>());
    }

    [Test]
    public async Task On_a_terminal_it_is_drawn_while_the_run_goes_on()
    {
        using var output = new StringWriter();
        var told = "";
        var result = await LiveProgress.DrawAsync(Terminal(output), (tell, _) =>
        {
            tell(Half with { Phase = "[odd]" });
            told = output.ToString();
            return Task.FromResult(7);
        });
        Assert.That(result, Is.EqualTo(7));
        Assert.That(told, Does.Contain("[odd]").And.Contain("71,234").And.Contain("0.660 ms").And.Contain("15 s left"));
    }

    [Test]
    public async Task A_line_that_is_said_meanwhile_stays_whole_above_what_is_drawn()
    {
        using var output = new StringWriter();
        await LiveProgress.DrawAsync(Terminal(output), (tell, say) =>
        {
            tell(Half);
            say("[1,000] accounts more");
            tell(Half);
            return Task.FromResult(0);
        });
        var screen = TerminalScreen.Of(output.ToString());
        Assert.That(screen, Is.EqualTo(new[] { "[1,000] accounts more" }), "what is live is cleared at the end, and the line is not");
    }

    [TestCase(0.0)]
    [TestCase(5.0)]
    [TestCase(25.0)]
    public void The_bar_is_always_as_long(double seconds)
    {
        using var output = new StringWriter();
        Terminal(output).Write(LiveProgress.Draw(Half with { Seconds = seconds }));
        Assert.That(output.ToString().Count(letter => letter == '━'), Is.EqualTo(40));
        Assert.That(output.ToString(), Does.Contain(seconds > 20 ? " 0 s left" : seconds > 0 ? " 15 s left" : " 20 s left"));
    }

    private static IAnsiConsole Terminal(StringWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.Yes });
        console.Profile.Width = 120;
        return console;
    }
}
