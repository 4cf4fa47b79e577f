using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ChatServer.Protocol.Wire;

/// <summary>
/// The id of a user: 1 to 64 bytes of lower-case ASCII letters, digits and <c>. _ - @ +</c>. Compares by ordinal bytes.
/// The default value is no id.
/// </summary>
public readonly struct UserId : IEquatable<UserId>, IComparable<UserId>
{
    private readonly string? _value;

    private UserId(string value) => _value = value;

    /// <summary>The id as text; empty for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether this is the default value, which names nobody.</summary>
    public bool IsNone => _value is null;

    /// <summary>
    /// Reads an id; false when it is empty, too long or has another character. An id that this thread read a short time ago
    /// costs no allocation.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out UserId id)
    {
        id = default;
        if (!InternedIds.TryGet(utf8, ProtocolLimits.UserIdBytes, out var text)) return false;
        id = new UserId(text);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out UserId)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out UserId id)
    {
        id = default;
        if (text is null || text.Length > ProtocolLimits.UserIdBytes) return false;
        Span<byte> utf8 = stackalloc byte[ProtocolLimits.UserIdBytes * 3];
        if (!IdCharacters.Valid(utf8[..Encoding.UTF8.GetBytes(text, utf8)], ProtocolLimits.UserIdBytes)) return false;
        id = new UserId(text);
        return true;
    }

    /// <summary>Whether these bytes are an id.</summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8) => IdCharacters.Valid(utf8, ProtocolLimits.UserIdBytes);

    /// <summary>Reads an id that is known to be one.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static UserId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not the id of a user");

    /// <inheritdoc/>
    public bool Equals(UserId other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UserId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public int CompareTo(UserId other) => string.CompareOrdinal(_value, other._value);

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Whether both are the same id.</summary>
    public static bool operator ==(UserId left, UserId right) => left.Equals(right);

    /// <summary>Whether they are different ids.</summary>
    public static bool operator !=(UserId left, UserId right) => !left.Equals(right);

    /// <summary>Whether <paramref name="left"/> comes first in byte order.</summary>
    public static bool operator <(UserId left, UserId right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes first in byte order or is the same.</summary>
    public static bool operator <=(UserId left, UserId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> comes last in byte order.</summary>
    public static bool operator >(UserId left, UserId right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> comes last in byte order or is the same.</summary>
    public static bool operator >=(UserId left, UserId right) => left.CompareTo(right) >= 0;
}
