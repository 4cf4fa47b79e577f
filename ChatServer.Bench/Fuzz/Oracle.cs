using System.Diagnostics.CodeAnalysis;

namespace ChatServer.Bench.Fuzz;

/// <summary>What a target claims of its input.</summary>
internal static class Oracle
{
    /// <summary>Not a handler of interpolated strings: a claim that holds must cost nothing, so give a constant.</summary>
    /// <exception cref="OracleException">It does not hold.</exception>
    public static void Holds([DoesNotReturnIf(false)] bool holds, string claim)
    {
        if (!holds) throw new OracleException(claim);
    }
}
