using System.Reflection;
using System.Runtime.Loader;
using SharpFuzz;

namespace ChatServer.Bench.Fuzz;

/// <summary>
/// The product a second time in this process, in copies whose branches count: SharpFuzz rewrites assemblies in place, so copies it is,
/// and the program as it was built stays free of them. What calls the copies is loaded here again, too, or it would be bound to the
/// others.
/// </summary>
internal sealed class InstrumentedContext : AssemblyLoadContext
{
    private static readonly string[] Product = ["ChatServer.Protocol", "chatserver"];

    private readonly Dictionary<string, string> _own = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="directory">Has the copies that <see cref="Instrument(string)"/> made.</param>
    /// <param name="callers">Names of assemblies that are loaded again as they are, or instrumented when they are in the directory.</param>
    public InstrumentedContext(string directory, params string[] callers)
        : base("instrumented")
    {
        foreach (var name in callers.Append("ChatServer.Bench")) _own[name] = PathOf(name);
        foreach (var copy in Directory.EnumerateFiles(directory, "*.dll")) _own[Path.GetFileNameWithoutExtension(copy)] = copy;
    }

    /// <summary>Makes the instrumented copies of the product.</summary>
    public static void Instrument(string directory)
    {
        foreach (var name in Product) Instrument(directory, name, _ => true);
    }

    /// <summary>Makes an instrumented copy of an assembly, of the types that are chosen.</summary>
    public static void Instrument(string directory, string assembly, Func<string, bool> types)
    {
        var copy = Path.Combine(directory, assembly + ".dll");
        File.Copy(PathOf(assembly), copy);
        // The names that it returns lazily are the instrumentation: it is done when they have been read.
        var count = Fuzzer.Instrument(copy, types, Options.Value).Count();
        if (count == 0) throw new InvalidOperationException($"nothing of {assembly} was instrumented");
    }

    /// <summary>Calls a static method of the second copy of a type. Only what both copies share may go in and out.</summary>
    public object? Call(Type type, string method, params object?[] arguments)
    {
        var assembly = LoadFromAssemblyName(type.Assembly.GetName());
        var copy = assembly.GetType(type.FullName ?? "", throwOnError: true)!; // throws otherwise
        var called = copy.GetMethod(method, BindingFlags.Static | BindingFlags.Public) ?? throw new MissingMethodException(type.FullName, method);
        return called.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name is { } name && _own.TryGetValue(name, out var path) ? LoadFromAssemblyPath(path) : null;

    private static string PathOf(string assembly) => Path.Combine(AppContext.BaseDirectory, assembly + ".dll");
}
