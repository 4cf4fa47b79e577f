using System.Globalization;

namespace ChatServer.Bench.Reports.Matrix;

/// <summary>One run of the matrix.</summary>
/// <param name="Name">Of its files, its anchor on the page, and what <c>--only</c> names.</param>
/// <param name="Title">What it does, in a few words.</param>
/// <param name="Arguments">Of <c>load</c>.</param>
/// <param name="Goals">What it should come to; none: it has to be clean, and is a point of a curve or a record.</param>
internal sealed record MatrixRow(string Name, string Title, IReadOnlyList<string> Arguments, IReadOnlyList<MatrixGoal> Goals)
{
    /// <summary>The key of what the rows of a curve differ in; empty: it is no point of one.</summary>
    public string Curve { get; init; } = "";

    /// <summary>Whether how long it takes can be chosen.</summary>
    public bool TakesSeconds { get; init; } = true;

    /// <summary>As it is typed.</summary>
    public string Command(int? seconds) => string.Join(' ', ["load", .. Line(seconds).Select(static word => word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word)]);

    public IReadOnlyList<string> Line(int? seconds) =>
        TakesSeconds && seconds is { } length ? [.. Arguments, "--seconds", length.ToString(CultureInfo.InvariantCulture)] : Arguments;
}
