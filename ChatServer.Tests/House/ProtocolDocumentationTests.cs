using NUnit.Framework;

namespace ChatServer.Tests.House;

/// <summary>What users of the protocol library see is documented, and the words say something.</summary>
internal sealed class ProtocolDocumentationTests
{
    private static readonly IReadOnlyList<SourceFile> Files = [.. Repository.Sources.Where(file => file.Project == "ChatServer.Protocol")];

    [Test]
    public void Every_public_member_of_the_protocol_is_documented()
    {
        var protocol = ProjectCompilation.Of("ChatServer.Protocol", Files, "ChatServer.Protocol.dll");
        Assert.That(protocol.Diagnostics().ToList(), Is.Empty);
        // CS1591: missing XML comment for a publicly visible type or member.
        Assert.That(protocol.Diagnostics("CS1591").ToList(), Is.Empty);
    }

    [Test]
    public void No_documentation_only_repeats_the_name()
    {
        var empty = from file in Files
                    from number in Enumerable.Range(0, file.Lines.Length)
                    where file.Lines[number].Contains("/// <summary>Gets", StringComparison.Ordinal)
                    select $"{file.Path}:{number + 1}";
        Assert.That(empty.ToList(), Is.Empty);
    }
}
