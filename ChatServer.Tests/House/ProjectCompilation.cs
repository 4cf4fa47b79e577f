using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ChatServer.Tests.House;

/// <summary>
/// A project of ours compiled in memory, for the rules that need to know what a name means. Its references are what this test
/// process was started with.
/// </summary>
internal sealed class ProjectCompilation
{
    private static readonly string[] Ours = ["chatserver.dll", "ChatServer.Bench.dll", "ChatServer.Tests.dll"];

    private static readonly SourceFile ImplicitUsings = SourceFile.Parse("ChatServer/Usings.g.cs", """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """);

    private static readonly Lazy<MetadataReference[]> Loaded = new(() =>
    [
        .. (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "").Split(Path.PathSeparator)
            .Where(file => file.Length > 0 && !Ours.Contains(Path.GetFileName(file)))
            .Select(file => MetadataReference.CreateFromFile(file)),
    ]);

    private const string GeneratedBody = "CS8795";

    private readonly CSharpCompilation _compilation;

    private ProjectCompilation(CSharpCompilation compilation, IReadOnlyList<SourceFile> files)
    {
        _compilation = compilation;
        Files = files;
    }

    public IReadOnlyList<SourceFile> Files { get; }

    public IAssemblySymbol Assembly => _compilation.Assembly;

    /// <summary>Compiles files as the assembly of that name; <paramref name="without"/> is the reference that they replace.</summary>
    public static ProjectCompilation Of(string assembly, IReadOnlyList<SourceFile> files, string? without = null)
    {
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        var references = Loaded.Value.Where(reference => without is null || Path.GetFileName(reference.Display) != without);
        var trees = files.Append(ImplicitUsings).Select(file => file.Tree);
        return new ProjectCompilation(CSharpCompilation.Create(assembly, trees, references, options), files);
    }

    public SemanticModel Model(SourceFile file) => _compilation.GetSemanticModel(file.Tree);

    /// <summary>Diagnostics of an id, or all errors but the missing bodies that the interop generator writes in a real build.</summary>
    public IEnumerable<string> Diagnostics(string? id = null) => _compilation.GetDiagnostics()
        .Where(diagnostic => id is null ? diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != GeneratedBody : diagnostic.Id == id)
        .Select(diagnostic => diagnostic.ToString());
}
