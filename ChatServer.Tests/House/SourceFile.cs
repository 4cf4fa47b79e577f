using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ChatServer.Tests.House;

/// <summary>One C# file of the repository, parsed. The path is relative to the repository, with forward slashes.</summary>
internal sealed class SourceFile
{
    private static readonly CSharpParseOptions Options =
        new(LanguageVersion.Preview, DocumentationMode.Diagnose, preprocessorSymbols: ["NET", "NET10_0", "NET10_0_OR_GREATER", "RELEASE"]);

    private SourceFile(string path, string text)
    {
        Path = path;
        Lines = text.Split('\n');
        Tree = CSharpSyntaxTree.ParseText(text, Options, path);
    }

    public string Path { get; }

    public string[] Lines { get; }

    public SyntaxTree Tree { get; }

    public SyntaxNode Root => Tree.GetRoot();

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The first folder: ChatServer, ChatServer.Protocol, ChatServer.Bench or ChatServer.Tests.</summary>
    public string Project => Path[..Path.IndexOf('/')];

    /// <summary>The folder below the project's; the file's own name for a file without one.</summary>
    public string Room
    {
        get
        {
            var parts = Path.Split('/');
            return parts.Length > 2 ? parts[1] : Name;
        }
    }

    /// <summary>The namespace that the folders ask for.</summary>
    public string Namespace => System.IO.Path.GetDirectoryName(Path)?.Replace('/', '.') ?? "";

    public static SourceFile Read(string root, string file) =>
        new(System.IO.Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText(file));

    public static SourceFile Parse(string path, string text) => new(path, text);

    /// <summary>Where a node begins, as a compiler would print it.</summary>
    public string At(SyntaxNode node) => $"{Path}:{LineOf(node) + 1}";

    /// <summary>The text of the line on which a node ends.</summary>
    public string LastLine(SyntaxNode node) => Lines[Tree.GetLineSpan(node.Span).EndLinePosition.Line];

    /// <summary>The line on which a node begins, from 0.</summary>
    public int LineOf(SyntaxNode node) => Tree.GetLineSpan(node.Span).StartLinePosition.Line;
}
