using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ChatServer.Tests.House;

/// <summary>
/// What makes the core deterministic: the same inputs give the same records and outputs, in this run, in a replay and in a
/// simulation. So nothing in it may look at a clock, at chance, at another thread or at the order in which a hash table
/// happens to be. An enumeration whose order cannot matter says so with a comment <c>// unordered: reason</c> on its line.
/// </summary>
internal static class CoreRules
{
    private static readonly string[] BannedTypes =
    [
        "System.DateTime", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly", "System.TimeProvider", "System.TimeZoneInfo",
        "System.Diagnostics.Stopwatch", "System.Environment", "System.Random", "System.Guid", "System.HashCode", "System.GC",
        "System.Console", "System.Security.Cryptography.RandomNumberGenerator", "System.Runtime.CompilerServices.RuntimeHelpers",
        "System.IO.File", "System.IO.Directory", "System.IO.FileStream", "System.IO.Path", "System.IO.RandomAccess",
    ];

    // Enumerable is LINQ on a hot path; Parallel and PLINQ are threads.
    private static readonly string[] BannedSpaces =
        ["System.Threading", "System.Threading.Tasks", "System.Net", "System.Net.Sockets", "System.Collections.Concurrent"];

    private static readonly string[] Unordered =
    [
        "System.Collections.Generic.Dictionary", "System.Collections.Generic.HashSet", "System.Collections.Frozen.FrozenDictionary",
        "System.Collections.Frozen.FrozenSet", "System.Collections.Immutable.ImmutableDictionary",
        "System.Collections.Immutable.ImmutableHashSet",
    ];

    public static IEnumerable<string> Violations(ProjectCompilation server) =>
        server.Files.Where(file => file.Path.StartsWith("ChatServer/Core/", StringComparison.Ordinal))
            .SelectMany(file => BannedNames(server, file).Concat(BannedSyntax(file)).Concat(UnorderedEnumerations(server, file)))
            .Distinct();

    private static IEnumerable<string> BannedNames(ProjectCompilation server, SourceFile file)
    {
        var model = server.Model(file);
        foreach (var name in file.Root.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            if (model.GetSymbolInfo(name).Symbol is not { } symbol || symbol is INamespaceSymbol) continue;
            var type = symbol as ITypeSymbol ?? symbol.ContainingType;
            if (type is null) continue;
            var space = type.ContainingNamespace?.ToDisplayString() ?? "";
            if (BannedSpaces.Contains(space) || BannedTypes.Contains($"{space}.{type.Name}"))
                yield return $"{file.At(name)}: {type.Name} has no place in the core";
            if (symbol is IMethodSymbol { Name: "GetHashCode" } && type.SpecialType is SpecialType.System_String or SpecialType.System_Object)
                yield return $"{file.At(name)}: {type.Name}.GetHashCode differs from process to process";
        }
    }

    private static IEnumerable<string> BannedSyntax(SourceFile file) =>
        from token in file.Root.DescendantTokens()
        where token.Kind() is SyntaxKind.AsyncKeyword or SyntaxKind.AwaitKeyword or SyntaxKind.LockKeyword or SyntaxKind.VolatileKeyword
        select $"{file.Path}:{file.Tree.GetLineSpan(token.Span).StartLinePosition.Line + 1}: {token} has no place in the core";

    private static IEnumerable<string> UnorderedEnumerations(ProjectCompilation server, SourceFile file)
    {
        var model = server.Model(file);
        var found =
            from node in file.Root.DescendantNodes()
            from source in Enumerated(model, node)
            where IsUnordered(model.GetTypeInfo(source).Type) && !IsExcused(file, node)
            select $"{file.At(node)}: {source} is enumerated, in an order that is not told";
        return found;
    }

    private static IEnumerable<ExpressionSyntax> Enumerated(SemanticModel model, SyntaxNode node)
    {
        switch (node)
        {
            case CommonForEachStatementSyntax loop:
                yield return loop.Expression;
                break;
            case SpreadElementSyntax spread:
                yield return spread.Expression;
                break;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call }:
                var method = model.GetSymbolInfo(call).Symbol as IMethodSymbol;
                if (method?.Name is "GetEnumerator" or "CopyTo" || method?.ContainingType.Name is "Enumerable") yield return call.Expression;
                break;
            case ArgumentSyntax argument when model.GetTypeInfo(argument.Expression).ConvertedType?.Name is "IEnumerable":
                yield return argument.Expression;
                break;
            case FromClauseSyntax from:
                yield return from.Expression;
                break;
        }
    }

    private static bool IsUnordered(ITypeSymbol? type)
    {
        // Keys and Values are types inside the dictionary's.
        var outer = type?.ContainingType ?? type;
        return outer is not null && Unordered.Contains($"{outer.ContainingNamespace}.{outer.Name}");
    }

    private static bool IsExcused(SourceFile file, SyntaxNode node) =>
        file.Lines[file.LineOf(node)].Contains("// unordered: ", StringComparison.Ordinal);
}
