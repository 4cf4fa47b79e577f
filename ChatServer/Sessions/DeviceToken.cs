using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>
/// What a device logs in with after its first password: family (8 bytes) ‖ generation (u32 big-endian) ‖ secret (32).
/// Each login hands out the successor, which is a function of the token and a key of the cluster. So the same token used
/// twice (a lost answer, two racing logins) yields the same successor and locks nobody out, and the server keeps only
/// hashes. Whoever presents a generation before the one used last shows that somebody copied a token: the family ends.
/// </summary>
internal readonly struct DeviceToken : IEquatable<DeviceToken>
{
    public const int FamilyBytes = 8;

    public const int SecretBytes = 32;

    public const int Bytes = FamilyBytes + sizeof(uint) + SecretBytes;

    /// <summary>Random bytes that the first token of a family is made of.</summary>
    public const int SeedBytes = FamilyBytes + SecretBytes;

    public const int HashBytes = SHA256.HashSizeInBytes;

    private readonly Content _content;

    private DeviceToken(in Content content) => _content = content;

    /// <summary>Says which chain of successors a token is of; drawn with the first one.</summary>
    public ulong Family => BinaryPrimitives.ReadUInt64BigEndian(Span);

    /// <summary>1 for the first token of a family; its successor has one more.</summary>
    public uint Generation => BinaryPrimitives.ReadUInt32BigEndian(Span[FamilyBytes..]);

    [UnscopedRef]
    private ReadOnlySpan<byte> Span => _content;

    /// <summary>The first token of a new family, from a source of random bytes.</summary>
    public static DeviceToken CreateFirst(FillRandom fill)
    {
        Span<byte> seed = stackalloc byte[SeedBytes];
        fill(seed);
        return CreateFirst(seed);
    }

    /// <summary>The first token of a new family, from <see cref="SeedBytes"/> random bytes.</summary>
    public static DeviceToken CreateFirst(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedBytes);
        return Create(seed[..FamilyBytes], 1, seed[FamilyBytes..]);
    }

    /// <summary>Reads a token as a client sent it; false when it cannot be one. Whether it is good, its hash must say.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out DeviceToken token)
    {
        token = default;
        if (bytes.Length != Bytes) return false;
        Content content = default;
        bytes.CopyTo(content);
        token = new DeviceToken(content);
        // The last number would have no successor; after four billion logins a device asks for the password once.
        if (token.Generation is not (0 or uint.MaxValue)) return true;
        token = default;
        return false;
    }

    /// <summary>The token that follows: secret = HMAC-SHA256(token key, secret ‖ user ‖ 0 ‖ device).</summary>
    public DeviceToken Successor(ReadOnlySpan<byte> tokenKey, UserId user, DeviceId device)
    {
        Span<byte> input = stackalloc byte[SecretBytes + ProtocolLimits.UserIdBytes + 1 + ProtocolLimits.DeviceIdBytes];
        Span[(FamilyBytes + sizeof(uint))..].CopyTo(input);
        var length = SecretBytes;
        length += Encoding.ASCII.GetBytes(user.Value, input[length..]);
        input[length++] = 0;
        length += Encoding.ASCII.GetBytes(device.Value, input[length..]);
        Span<byte> secret = stackalloc byte[SecretBytes];
        HMACSHA256.HashData(tokenKey, input[..length], secret);
        return Create(Span[..FamilyBytes], checked(Generation + 1), secret);
    }

    /// <summary>SHA-256 of the token's bytes: all that is ever stored of it.</summary>
    public byte[] Hash() => SHA256.HashData(Span);

    /// <inheritdoc cref="Hash()"/>
    public void Hash(Span<byte> destination) => SHA256.HashData(Span, destination);

    /// <summary>The bytes for the device. They belong in a Welcome frame and nowhere else.</summary>
    public byte[] ToWire() => Span.ToArray();

    /// <inheritdoc/>
    public bool Equals(DeviceToken other) => CryptographicOperations.FixedTimeEquals(Span, other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DeviceToken other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Family, Generation);

    /// <summary>The generation only: this text may end in a log.</summary>
    public override string ToString() => $"device token of generation {Generation}";

    private static DeviceToken Create(ReadOnlySpan<byte> family, uint generation, ReadOnlySpan<byte> secret)
    {
        Content content = default;
        Span<byte> bytes = content;
        family.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[FamilyBytes..], generation);
        secret.CopyTo(bytes[(FamilyBytes + sizeof(uint))..]);
        return new DeviceToken(content);
    }

    [InlineArray(Bytes)]
    private struct Content
    {
        private byte _first;
    }
}
