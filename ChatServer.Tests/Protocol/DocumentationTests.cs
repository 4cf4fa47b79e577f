using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Protocol;

/// <summary>docs/PROTOCOL.md says everything that the code knows: every kind, field, error code and limit.</summary>
internal sealed partial class DocumentationTests
{
    private static readonly string Page = Repository.Read("docs/PROTOCOL.md");

    [Test]
    public void Every_kind_has_a_section_and_every_section_a_kind()
    {
        var sections = FrameHeading().Matches(Page).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}");
        Assert.That(sections, Is.EqualTo(RoundTripTests.Kinds.Order().Select(kind => $"{(byte)kind} {kind}")));
    }

    [TestCaseSource(typeof(RoundTripTests), nameof(RoundTripTests.Kinds))]
    public void Every_field_of_a_frame_is_in_its_section_and_its_grammar(FrameKind kind)
    {
        var section = SectionOf(kind);
        var grammar = Grammar().Match(section).Value;
        foreach (var name in FieldsOf(FrameProbe.Of(kind).Type))
            Assert.That(section, Does.Contain($"`{name}`").And.Matches($@"\b{name}\b"), kind.ToString());

        // The grammar names the fields of the body in their order; lists stand there as their elements.
        Assert.That(grammar, Is.Not.Empty, kind.ToString());
        var named = Word().Matches(grammar).Select(match => match.Value).ToList();
        var rows = FieldRow().Matches(section).Select(match => match.Groups[1].Value).Where(name => name != "items").ToList();
        Assert.That(named.Except(["method", "secret"]), Is.EqualTo(rows.Except(["method", "secret"])), kind.ToString());
    }

    [Test]
    public void Every_error_code_is_documented_under_its_number_and_no_other_is()
    {
        var rows = ErrorRow().Matches(Page).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}");
        var codes = Enum.GetValues<ErrorCode>().Where(code => code != ErrorCode.None).Order().Select(code => $"{(ushort)code} {code}");
        Assert.That(rows, Is.EqualTo(codes));
    }

    [Test]
    public void Codes_named_in_the_text_exist()
    {
        var named = CodeLike().Matches(Page).Select(match => match.Groups[1].Value).Distinct();
        var known = Enum.GetNames<ErrorCode>().ToHashSet();
        Assert.That(named.Where(name => !known.Contains(name)), Is.Empty);
    }

    [Test]
    public void Every_limit_of_the_wire_is_on_the_page()
    {
        var missing = typeof(ProtocolLimits).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (field.Name, Value: Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture)))
            .Where(limit => !Regex.IsMatch(Page, $@"(?<![\d,]){limit.Value}(?![\d,]\d)"));
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Links_within_the_page_lead_somewhere()
    {
        var anchors = Regex.Matches(Page, "^#+ (.+)$", RegexOptions.Multiline)
            .Select(match => "#" + Regex.Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "[^a-z0-9 -]", "").Replace(' ', '-')).ToHashSet();
        Assert.That(Regex.Matches(Page, @"\]\((#[^)]+)\)").Select(match => match.Groups[1].Value).Where(link => !anchors.Contains(link)), Is.Empty);
        foreach (Match file in Regex.Matches(Page, @"\]\(([^#)]+)\)"))
            Assert.That(File.Exists(Path.Combine(Repository.Root, "docs", file.Groups[1].Value)), Is.True, file.Value);
    }

    private static string SectionOf(FrameKind kind)
    {
        var start = Page.IndexOf($"### {(byte)kind} {kind}\n", StringComparison.Ordinal);
        Assert.That(start, Is.GreaterThan(0), kind.ToString());
        return Page[start..(start + 5 + EndOf(Page[(start + 5)..]))];
    }

    private static int EndOf(string rest) => Regex.Match(rest, "^##", RegexOptions.Multiline) is { Success: true } next ? next.Index : rest.Length;

    /// <summary>The names of all fields, of inner structs and list elements too.</summary>
    private static IEnumerable<string> FieldsOf(Type type)
    {
        foreach (var field in FrameJson.Fields(type))
        {
            yield return FrameJson.NameOf(field);
            var inner = field.PropertyType.IsGenericType && field.PropertyType.GetGenericTypeDefinition() == typeof(FrameList<>)
                ? field.PropertyType.GenericTypeArguments[0]
                : field.PropertyType;
            if (inner.Namespace != "ChatServer.Protocol.Frames") continue;
            foreach (var name in FieldsOf(inner)) yield return name;
        }
    }

    [GeneratedRegex(@"^### (\d+) (\w+)$", RegexOptions.Multiline)]
    private static partial Regex FrameHeading();

    [GeneratedRegex(@"^`\[.*\]`$", RegexOptions.Multiline)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex FieldRow();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\| (\d{4}) \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();

    [GeneratedRegex(@"`([A-Z]\w+)`")]
    private static partial Regex CodeLike();
}
