using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ChatServer.Core;

/// <summary>A SHA-256 value, held without an allocation. Compares in constant time.</summary>
[InlineArray(Bytes)]
internal struct Hash256
{
    public const int Bytes = 32;

    private byte _first;

    public static Hash256 From(ReadOnlySpan<byte> bytes)
    {
        Invariant.Holds(bytes.Length == Bytes, "a SHA-256 value has 32 bytes");
        return MemoryMarshal.Read<Hash256>(bytes);
    }

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => this;

    public readonly bool Matches(in Hash256 other) => CryptographicOperations.FixedTimeEquals(this, other);
}
