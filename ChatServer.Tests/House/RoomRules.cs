using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ChatServer.Tests.House;

/// <summary>
/// The rooms of the server and who may know whom: a room knows those below it. Found by what names mean, not by how they are
/// written, so a full name or a type that is only inferred counts as well as a using.
/// </summary>
internal static class RoomRules
{
    /// <summary>From the top to the bottom.</summary>
    public static readonly string[] Rooms =
        ["Program", "Terminal", "Host", "Runtime", "Sessions", "Core", "Network", "Storage", "Diagnostics"];

    private const string Server = "ChatServer";
    private const string Client = "ChatServer.Protocol.Client";

    public static IEnumerable<string> UpwardImports(ProjectCompilation server) =>
        server.Files.Where(file => file.Project == Server).SelectMany(file => UpwardImports(server, file)).Distinct();

    public static IEnumerable<string> StrangeRooms(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Project == Server && !Rooms.Contains(file.Room)
        select $"{file.Path}: there is no room {file.Room}";

    private static IEnumerable<string> UpwardImports(ProjectCompilation server, SourceFile file)
    {
        var own = Array.IndexOf(Rooms, file.Room);
        var model = server.Model(file);
        foreach (var node in file.Root.DescendantNodes().Where(node => node is SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax))
        {
            var info = model.GetSymbolInfo(node);
            foreach (var symbol in info.Symbol is { } one ? [one] : info.CandidateSymbols)
            {
                var space = SpaceOf(symbol);
                if (IsIn(space, Client) && file.Room != "Terminal") yield return $"{file.At(node)}: only Terminal may know {Client}";
                if (IsIn(space, $"{Server}.Protocol") || !IsIn(space, Server)) continue;
                var room = space.Split('.') is [_, var first, ..] ? first : "Program";
                var other = Array.IndexOf(Rooms, room);
                if (other >= 0 && other < own) yield return $"{file.At(node)}: {file.Room} knows {room}, which is above it";
            }
        }
    }

    private static bool IsIn(string space, string root) =>
        space == root || (space.StartsWith(root, StringComparison.Ordinal) && space[root.Length] == '.');

    private static string SpaceOf(ISymbol symbol) => symbol switch
    {
        // ChatServer alone is a part of every name of ours and says nothing about a room.
        INamespaceSymbol { ContainingNamespace.IsGlobalNamespace: true } => "",
        INamespaceSymbol space => space.ToDisplayString(),
        ITypeSymbol or { ContainingType: not null } => symbol.ContainingNamespace?.ToDisplayString() ?? "",
        _ => "",
    };
}
