using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ChatServer.Core;

/// <summary>Assertions that stay on in release: a broken one is a bug, and stopping is safer than going on.</summary>
internal static class Invariant
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Holds([DoesNotReturnIf(false)] bool condition, string claim)
    {
        if (!condition) Broken(claim);
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Broken(string claim) => throw new InvalidOperationException("Broken invariant: " + claim);
}
