using System.Text.RegularExpressions;
using NUnit.Framework;

namespace ChatServer.Tests.House;

/// <summary>ARCHITECTURE.md speaks of the code that is there.</summary>
internal sealed partial class ArchitectureTests
{
    /// <summary>Not types: what the wire calls its frames and codes, and members of types named beside them.</summary>
    private static readonly HashSet<string> Others =
        ["Sent", "Message", "Marks", "Poll", "Apply", "TryRelease", "TryAppend", "Busy", "BadLength", "SettleFirst", "Quota", "TooSlow"];

    [Test]
    public void Every_type_it_names_exists()
    {
        var types = Repository.Sources.Select(file => Path.GetFileNameWithoutExtension(file.Path)).ToHashSet();
        var named = Named().Matches(Repository.Read("ARCHITECTURE.md")).Select(match => match.Groups[1].Value).Distinct();
        Assert.That(named.Where(name => !types.Contains(name) && !Others.Contains(name)).ToList(), Is.Empty);
    }

    [Test]
    public void Every_room_is_in_it()
    {
        var text = Repository.Read("ARCHITECTURE.md");
        var rooms = Repository.Sources.Select(file => file.Path.Split('/')).Where(parts => parts.Length > 2 && parts[0] == "ChatServer").Select(parts => parts[1]).Distinct();
        Assert.That(rooms.Where(room => !text.Contains($"`{room}/`", StringComparison.Ordinal)).ToList(), Is.Empty);
    }

    [GeneratedRegex("`([A-Z][A-Za-z0-9]+)`")]
    private static partial Regex Named();
}
