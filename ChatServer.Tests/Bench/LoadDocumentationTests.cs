using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatServer.Bench.Load;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary>docs/LOAD.md names every command, option and key of the load tool, and no others.</summary>
internal sealed partial class LoadDocumentationTests
{
    private static readonly Type[] InnerRecords = [typeof(Percentiles), typeof(LoadSample), typeof(LoadSecond), typeof(LatencyPercentile), typeof(ConnectionSample)];

    private static readonly string Page = Repository.Read("docs/LOAD.md");

    private static readonly Command Load = LoadCommands.Create();

    [Test]
    public void Every_key_of_the_report_is_explained_and_nothing_else_is() =>
        Assert.That(FirstCells("The report"), Is.EquivalentTo(KeysOf(typeof(LoadReport))));

    [Test]
    public void Every_key_within_a_value_is_named() =>
        Assert.That(InnerRecords.SelectMany(KeysOf).Where(key => !Page.Contains($"`{key}`", StringComparison.Ordinal)), Is.Empty);

    [Test]
    public void Every_command_is_explained_and_nothing_else_is() =>
        Assert.That(FirstCells("Workloads"), Is.EquivalentTo(Load.Subcommands.Where(command => !command.Hidden).Select(command => command.Name)));

    [Test]
    public void Every_option_is_explained_and_nothing_else_is() =>
        Assert.That(FirstCells("Options"), Is.EquivalentTo(Load.Subcommands.SelectMany(command => command.Options).Select(option => option.Name).Where(name => name != "--help").Distinct()));

    private static IEnumerable<string> KeysOf(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));

    private static IEnumerable<string> FirstCells(string section) =>
        from line in Page.Split("\n## ").Single(part => part.StartsWith(section, StringComparison.Ordinal)).Split('\n')
        where line.StartsWith("| `", StringComparison.Ordinal)
        from name in Name().Matches(line.Split('|')[1])
        select name.Groups[1].Value;

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
