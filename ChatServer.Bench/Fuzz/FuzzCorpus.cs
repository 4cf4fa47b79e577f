namespace ChatServer.Bench.Fuzz;

/// <summary>The inputs of a target that are kept: one file each, one input a line, in hex, so that a change can be reviewed.</summary>
internal static class FuzzCorpus
{
    /// <summary>Most bytes of input that are kept for one target: all targets together stay below 300 KB in the repository.</summary>
    public const int KeptBytes = 8_000;

    private const string Extension = ".hex";

    public static string PathOf(string directory, FuzzTarget target) => Path.Combine(directory, target.Name + Extension);

    /// <summary>None where there is no file yet.</summary>
    public static IReadOnlyList<byte[]> Read(string directory, FuzzTarget target)
    {
        var path = PathOf(directory, target);
        return File.Exists(path) ? [.. File.ReadLines(path).Select(Convert.FromHexString)] : [];
    }

    public static void Write(string directory, FuzzTarget target, IEnumerable<byte[]> inputs)
    {
        Directory.CreateDirectory(directory);
        var lines = inputs.Select(Convert.ToHexStringLower).OrderBy(line => line.Length).ThenBy(line => line, StringComparer.Ordinal);
        File.WriteAllText(PathOf(directory, target), string.Concat(lines.Select(line => line + '\n')));
    }
}
