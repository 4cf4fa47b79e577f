using System.Xml.Linq;
using NUnit.Framework;

namespace ChatServer.Tests.House;

/// <summary>
/// What the product depends on: few packages, of versions without known holes, each with a record of why. The check of versions
/// is our own because not every registry that serves the packages serves advisories.
/// </summary>
internal sealed class PackageTests
{
    private const int RunTimePackagesMax = 10;

    // Below these a hole is known: MessagePack, denial of service by crafted input.
    private static readonly Dictionary<string, Version> Lowest = new() { ["MessagePack"] = new Version(3, 1, 7) };

    private static readonly Version LowestRuntime = new(10, 0, 10);

    private static readonly string[] Shipped = ["ChatServer", "ChatServer.Protocol"];

    private static IReadOnlyDictionary<string, string> Versions { get; } =
        XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(item => (string?)item.Attribute("Include") ?? "", item => (string?)item.Attribute("Version") ?? "");

    private static IReadOnlyList<string> RunTimePackages { get; } =
    [
        .. Shipped.SelectMany(project => XDocument.Parse(Repository.Read($"{project}/{project}.csproj")).Descendants("PackageReference"))
            .Select(item => (string?)item.Attribute("Include") ?? "").Distinct().Order(StringComparer.Ordinal),
    ];

    [Test]
    public void The_product_has_at_most_ten_packages() => Assert.That(RunTimePackages, Has.Count.InRange(1, RunTimePackagesMax));

    [Test]
    public void Versions_are_exact_and_stand_in_one_place()
    {
        Assert.That(Versions.Values, Has.All.Matches(@"^\d+\.\d+\.\d+$"));
        var elsewhere = Repository.Files("*.csproj").Where(file => XDocument.Load(file).Descendants("PackageReference").Attributes("Version").Any());
        Assert.That(elsewhere, Is.Empty);
    }

    [Test]
    public void No_package_is_of_a_version_with_a_known_hole()
    {
        foreach (var (package, lowest) in Lowest) Assert.That(Version.Parse(Versions[package]), Is.GreaterThanOrEqualTo(lowest), package);
    }

    [Test]
    public void The_runtime_is_of_a_version_without_a_known_hole() => Assert.That(Environment.Version, Is.GreaterThanOrEqualTo(LowestRuntime));

    [Test]
    public void Every_package_of_the_product_has_a_decision_record()
    {
        var records = Repository.Files("*.md").Where(file => file.Contains(Path.Combine("docs", "decisions"), StringComparison.Ordinal))
            .Select(File.ReadAllText).ToList();
        Assert.That(RunTimePackages.Where(package => !records.Exists(text => text.Contains(package, StringComparison.Ordinal))), Is.Empty);
    }

    [Test]
    public void Every_project_has_a_lock_file()
    {
        var unlocked = Repository.Files("*.csproj").Where(file => !File.Exists(Path.Combine(Path.GetDirectoryName(file) ?? "", "packages.lock.json")));
        Assert.That(unlocked, Is.Empty);
    }
}
