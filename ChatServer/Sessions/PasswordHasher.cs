using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace ChatServer.Sessions;

/// <summary>
/// Argon2id with 19 MiB and two passes, written as a PHC string: <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c>.
/// One call takes about 15 ms of a core and 19 MiB for as long as it runs, so it never runs on a loop.
/// Any thread; no state.
/// </summary>
internal static class PasswordHasher
{
    /// <summary>Memory of one hash, the smallest that is advised for Argon2id with two passes.</summary>
    public const int MemoryKibibytes = 19 * 1_024;

    public const int Passes = 2;

    /// <summary>libsodium computes one lane only.</summary>
    public const int Lanes = 1;

    public const int SaltBytes = 16;

    public const int HashBytes = 32;

    /// <summary>Longest PHC string that is read; what this class writes has 97 characters.</summary>
    public const int PhcCharacters = 128;

    // A stored string decides how much memory a login takes. What is above these is no string of ours but damage.
    private const int MemoryKibibytesMax = 64 * 1_024;
    private const int PassesMax = 8;

    private const string Prefix = "$argon2id$v=19$";

    /// <summary>
    /// What the password of an unknown user is compared with, so that it takes as long as a wrong one of a known user.
    /// Salt and hash are drawn at start: nobody knows a password for it, not even the source code.
    /// </summary>
    public static string Decoy { get; } = Phc(
        MemoryKibibytes, Passes, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(HashBytes));

    /// <summary>The PHC string of a password, under a new salt.</summary>
    public static string Hash(ReadOnlySpan<byte> password)
    {
        Span<byte> salt = stackalloc byte[SaltBytes];
        RandomNumberGenerator.Fill(salt);
        return Hash(password, salt);
    }

    /// <summary>The PHC string of a password under a given salt of <see cref="SaltBytes"/>.</summary>
    public static string Hash(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        Algorithm(MemoryKibibytes, Passes).DeriveBytes(password, salt, hash);
        return Phc(MemoryKibibytes, Passes, salt, hash);
    }

    /// <summary>
    /// Whether a password belongs to a PHC string. A string that is not one is nobody's: false, after the same work.
    /// The comparison takes the same time wherever the difference is.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> password, string phc)
    {
        Span<byte> salt = stackalloc byte[SaltBytes];
        Span<byte> expected = stackalloc byte[HashBytes];
        var readable = TryRead(phc, salt, expected, out var memoryKibibytes, out var passes);
        Span<byte> hash = stackalloc byte[HashBytes];
        Algorithm(memoryKibibytes, passes).DeriveBytes(password, salt, hash);
        return CryptographicOperations.FixedTimeEquals(hash, expected) & readable;
    }

    /// <summary>Whether a string is one that <see cref="Verify"/> can use, so that what is stored is never damage from the start.</summary>
    public static bool IsReadable(string phc) => TryRead(phc, stackalloc byte[SaltBytes], stackalloc byte[HashBytes], out _, out _);

    private static Argon2id Algorithm(int memoryKibibytes, int passes) => PasswordBasedKeyDerivationAlgorithm.Argon2id(
        new Argon2Parameters { MemorySize = memoryKibibytes, NumberOfPasses = passes, DegreeOfParallelism = Lanes });

    private static string Phc(int memoryKibibytes, int passes, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> hash) =>
        string.Create(null, $"{Prefix}m={memoryKibibytes},t={passes},p={Lanes}${Unpadded(salt)}${Unpadded(hash)}");

    private static string Unpadded(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static bool TryRead(string phc, Span<byte> salt, Span<byte> hash, out int memoryKibibytes, out int passes)
    {
        memoryKibibytes = MemoryKibibytes;
        passes = Passes;
        if (phc.Length > PhcCharacters || !phc.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var parts = phc[Prefix.Length..].Split('$');
        if (parts.Length != 3 || !TryReadParameters(parts[0], out var memory, out var count)) return false;
        if (!TryDecode(parts[1], salt) || !TryDecode(parts[2], hash)) return false;
        (memoryKibibytes, passes) = (memory, count);
        return true;
    }

    private static bool TryReadParameters(string text, out int memoryKibibytes, out int passes)
    {
        (memoryKibibytes, passes) = (0, 0);
        var parts = text.Split(',');
        return parts.Length == 3
            && TryReadNumber(parts[0], "m=", 8, MemoryKibibytesMax, out memoryKibibytes)
            && TryReadNumber(parts[1], "t=", 1, PassesMax, out passes)
            && TryReadNumber(parts[2], "p=", Lanes, Lanes, out _);
    }

    private static bool TryReadNumber(string text, string name, int min, int max, out int number)
    {
        number = 0;
        return text.StartsWith(name, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(name.Length), System.Globalization.NumberStyles.None, null, out number)
            && number >= min && number <= max;
    }

    private static bool TryDecode(string unpadded, Span<byte> bytes)
    {
        if (unpadded.Length != ((bytes.Length * 4) + 2) / 3) return false;
        var padded = Encoding.ASCII.GetBytes(unpadded.PadRight((unpadded.Length + 3) / 4 * 4, '='));
        return Base64.DecodeFromUtf8(padded, bytes, out _, out var written) == System.Buffers.OperationStatus.Done && written == bytes.Length;
    }
}
