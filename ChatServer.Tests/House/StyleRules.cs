using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ChatServer.Tests.House;

/// <summary>The rules of the house that can be seen in one file alone. Each yields what breaks it, as path:line and reason.</summary>
internal static partial class StyleRules
{
    public const int FileLines = 500;

    public const int MethodLines = 70;

    private static readonly string[] BannedSuffixes = ["Manager", "Helper", "Util", "Utils", "Info", "Data", "Base", "Impl", "Processor"];

    public static IEnumerable<string> LongFiles(SourceFile file, IReadOnlySet<string> exceptions)
    {
        if (file.Lines.Length - 1 > FileLines && !exceptions.Contains(file.Path))
            yield return $"{file.Path}: {file.Lines.Length - 1} lines, {FileLines} are allowed";
    }

    public static IEnumerable<string> LongMethods(SourceFile file, IReadOnlySet<string> exceptions) =>
        from node in file.Root.DescendantNodes()
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let lines = node.ToString().Count(c => c == '\n') + 1
        let name = $"{file.Path} {NameOf(node)}"
        where lines > MethodLines && !exceptions.Contains(name)
        select $"{file.At(node)}: {NameOf(node)} has {lines} lines, {MethodLines} are allowed";

    public static IEnumerable<string> BannedNames(SourceFile file, IReadOnlySet<string> exceptions) =>
        from node in file.Root.DescendantNodes()
        let name = TypeName(node)
        where name is not null && !exceptions.Contains(name)
        let suffix = Array.Find(BannedSuffixes, word => name.EndsWith(word, StringComparison.Ordinal))
        where suffix is not null
        select $"{file.At(node)}: {name} ends in {suffix}, which says nothing";

    public static IEnumerable<string> EmptyCatches(SourceFile file) =>
        from clause in file.Root.DescendantNodes().OfType<CatchClauseSyntax>()
        where clause.Block.Statements.Count == 0 && !clause.Block.DescendantTrivia().Any(IsComment)
        select $"{file.At(clause)}: an exception is swallowed, and nothing says why";

    public static IEnumerable<string> ForgivenNulls(SourceFile file) =>
        from node in file.Root.DescendantNodes().OfType<PostfixUnaryExpressionSyntax>()
        where node.IsKind(SyntaxKind.SuppressNullableWarningExpression) && !LineComment().IsMatch(file.LastLine(node))
        select $"{file.At(node)}: {node} is forgiven without a reason on its line";

    public static IEnumerable<string> Sleeps(SourceFile file) =>
        from node in file.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        let call = $"{node.Expression.ToString().Split('.')[^1]}.{node.Name}"
        where call is "Thread.Sleep" or "Task.Delay"
        select $"{file.At(node)}: {call}: await the event, or own the clock";

    public static IEnumerable<string> Regions(SourceFile file) =>
        from directive in file.Root.DescendantTrivia()
        where directive.IsKind(SyntaxKind.RegionDirectiveTrivia)
        select $"{file.Path}: a region";

    /// <summary>One type a file, named like it, in the namespace of its folder. Types of <c>file</c> scope are free.</summary>
    public static IEnumerable<string> Placement(SourceFile file, IReadOnlySet<string> exceptions)
    {
        var types = file.Root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => TypeName(member) is not null && !member.Modifiers.Any(SyntaxKind.FileKeyword))
            .ToList();
        foreach (var type in types)
        {
            var name = TypeName(type);
            if (name != file.Name && !exceptions.Contains($"{file.Path} {name}")) yield return $"{file.At(type)}: {name} belongs into a file of its name";
        }

        foreach (var space in file.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>())
        {
            if (space is NamespaceDeclarationSyntax) yield return $"{file.At(space)}: the namespace is not file-scoped";
            if (space.Name.ToString() != file.Namespace) yield return $"{file.At(space)}: the folder asks for the namespace {file.Namespace}";
        }
    }

    private static string? TypeName(SyntaxNode node) => node switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        DelegateDeclarationSyntax type => type.Identifier.Text,
        _ => null,
    };

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } => property.Identifier.Text,
        _ => node.Kind().ToString(),
    };

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);

    [GeneratedRegex("""//\s*\S""")]
    private static partial Regex LineComment();
}
