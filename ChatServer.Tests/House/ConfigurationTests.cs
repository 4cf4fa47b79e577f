using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using ChatServer.Host;
using ChatServer.Host.Commands;
using NUnit.Framework;

namespace ChatServer.Tests.House;

/// <summary>Options, command line and documentation name the same things.</summary>
internal sealed partial class ConfigurationTests
{
    private static readonly IReadOnlyList<string[]> Rows =
    [
        .. Repository.Read("docs/CONFIGURATION.md").Split('\n').Where(line => line.StartsWith("| `--", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)),
    ];

    [Test]
    public void Every_property_of_the_options_is_documented_and_nothing_else_is()
    {
        var properties = typeof(ServerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite).Select(property => $"`{property.Name}`");
        Assert.That(Rows.Select(row => row[2]), Is.EquivalentTo(properties));
    }

    [Test]
    public void Every_option_of_the_command_line_is_documented_and_nothing_else_is()
    {
        var options = ServeCommand.Create((_, _) => Task.FromResult(0)).Options.Where(option => option.Name != "--help");
        Assert.That(Rows.Select(row => row[1]), Is.EquivalentTo(options.Select(option => $"`{option.Name}`")));
    }

    [Test]
    public void Every_property_says_its_default_in_its_documentation()
    {
        var lines = Repository.Read("ChatServer/Host/ServerOptions.cs").Split('\n');
        var silent = from number in Enumerable.Range(1, lines.Length - 1)
                     where Property().IsMatch(lines[number])
                     let documentation = string.Join(' ', lines[..number].Reverse().TakeWhile(line => line.TrimStart().StartsWith("///", StringComparison.Ordinal)))
                     where !documentation.Contains("Default: ", StringComparison.Ordinal)
                     select lines[number].Trim();
        Assert.That(silent, Is.Empty);
    }

    [GeneratedRegex("""^    public \S+ \w+ \{ get; init; \}""")]
    private static partial Regex Property();
}
