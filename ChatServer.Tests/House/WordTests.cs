using NUnit.Framework;

namespace ChatServer.Tests.House;

/// <summary>What has no place in any file: marks of unfinished work, and where or with what it was written.</summary>
internal sealed class WordTests
{
    // Cut in two, or this file would find itself.
    private static readonly string[] Unfinished = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "NotImplemented" + "Exception", "Assert.Pa" + "ss("];

    private static readonly string[] Workplace =
    [
        "/wo" + "rk/", "/fa" + "rm/", "/tm" + "p/wt-", "/ro" + "ot/", "api.nu" + "get", "deb.deb" + "ian", "registry.npm" + "js",
        "Clau" + "de", "Anth" + "ropic", "Chat" + "GPT", "Copi" + "lot", "language mo" + "del", "AI assi" + "stant", "the C" + "EO",
    ];

    private static readonly string[] TextFiles = ["*.cs", "*.md", "*.csproj", "*.props", "*.sln", "*.ps1", "*.py", "*.json", "run", ".editorconfig"];

    [Test]
    public void Nothing_is_marked_as_unfinished() => Assert.That(Holders(Unfinished), Is.Empty);

    [Test]
    public void Nothing_tells_of_the_place_where_it_was_written() => Assert.That(Holders(Workplace), Is.Empty);

    private static List<string> Holders(string[] words) =>
    [
        .. from pattern in TextFiles
           from file in Repository.Files(pattern)
           let lines = File.ReadAllLines(file)
           from number in Enumerable.Range(0, lines.Length)
           from word in words
           where lines[number].Contains(word, StringComparison.Ordinal)
           select $"{Path.GetRelativePath(Repository.Root, file)}:{number + 1}: {word}",
    ];
}
