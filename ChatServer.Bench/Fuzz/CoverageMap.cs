using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SharpFuzz.Common;

namespace ChatServer.Bench.Fuzz;

/// <summary>
/// Which edges of the instrumented code an input took, and how often, by AFL's measure: one byte an edge, counts in eight classes.
/// The instrumentation counts for the whole process, so there is one map in a process and one thread that runs inputs.
/// </summary>
internal sealed unsafe class CoverageMap : IDisposable
{
    /// <summary>The size that the instrumentation counts on.</summary>
    public const int Edges = 1 << 16;

    private const int BlockBytes = 32;

    private static readonly byte[] Classes = [.. Enumerable.Range(0, 256).Select(ClassOf)];

    private readonly byte* _counts = (byte*)NativeMemory.AlignedAlloc(Edges, BlockBytes);
    private readonly byte[] _seen = new byte[Edges];

    public CoverageMap()
    {
        NativeMemory.Clear(_counts, Edges);
        Trace.SharedMem = _counts;
    }

    /// <summary>Edges that any input has taken.</summary>
    public int SeenEdges { get; private set; }

    /// <summary>Forgets what ran since the last input was judged.</summary>
    public void Begin()
    {
        NativeMemory.Clear(_counts, Edges);
        Trace.PrevLocation = 0;
    }

    /// <summary>Whether what ran since <see cref="Begin"/> took an edge, or an edge so often, as nothing before. It is remembered.</summary>
    public bool TakeNew()
    {
        var isNew = false;
        for (var block = 0; block < Edges; block += BlockBytes)
        {
            if (Vector256.LoadAligned(_counts + block) == Vector256<byte>.Zero) continue;
            for (var edge = block; edge < block + BlockBytes; edge++)
            {
                var fresh = (byte)(Classes[_counts[edge]] & ~_seen[edge]);
                if (fresh == 0) continue;
                if (_seen[edge] == 0) SeenEdges++;
                _seen[edge] |= fresh;
                isNew = true;
            }
        }

        return isNew;
    }

    /// <summary>The edges that ran since <see cref="Begin"/>; with their classes of counts, or the edges alone.</summary>
    public HashSet<int> Taken(bool withCounts)
    {
        var taken = new HashSet<int>();
        for (var edge = 0; edge < Edges; edge++)
        {
            if (_counts[edge] == 0) continue;
            taken.Add((edge * 8) + (withCounts ? BitOperations.Log2(Classes[_counts[edge]]) : 0));
        }

        return taken;
    }

    public void Dispose()
    {
        // Instrumented code may still run, on whatever thread: it goes on counting, where nobody looks.
        Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(Edges);
        NativeMemory.AlignedFree(_counts);
    }

    // 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more.
    private static byte ClassOf(int count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
