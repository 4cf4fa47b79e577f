using System.Text;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;
using NUnit.Framework;

namespace ChatServer.Tests.Sessions;

internal sealed class PasswordHasherTests
{
    private static ReadOnlySpan<byte> Password => "correct horse"u8;

    [Test]
    public void A_password_verifies_against_its_own_string_and_nothing_else()
    {
        var phc = PasswordHasher.Hash(Password);
        Assert.That(PasswordHasher.Verify(Password, phc), Is.True);
        Assert.That(PasswordHasher.Verify("correct horsf"u8, phc), Is.False);
        Assert.That(PasswordHasher.Verify("correct hors"u8, phc), Is.False);
    }

    [Test]
    public void The_string_names_the_algorithm_and_its_cost()
    {
        var phc = PasswordHasher.Hash(Password);
        Assert.That(phc, Does.Match(@"^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$"));
        Assert.That(phc, Has.Length.LessThanOrEqualTo(PasswordHasher.PhcCharacters));
    }

    [Test]
    public void The_same_password_never_has_the_same_string_twice() =>
        Assert.That(PasswordHasher.Hash(Password), Is.Not.EqualTo(PasswordHasher.Hash(Password)));

    [Test]
    public void The_same_salt_gives_the_same_string() =>
        Assert.That(PasswordHasher.Hash(Password, "somesaltsomesalt"u8), Is.EqualTo(PasswordHasher.Hash(Password, "somesaltsomesalt"u8)));

    [Test]
    public void The_decoy_costs_what_a_real_string_costs_and_lets_nobody_in()
    {
        Assert.That(PasswordHasher.Decoy, Does.StartWith("$argon2id$v=19$m=19456,t=2,p=1$"));
        Assert.That(PasswordHasher.Verify(Password, PasswordHasher.Decoy), Is.False);
    }

    [Test]
    public void A_string_that_is_damaged_lets_nobody_in()
    {
        var phc = PasswordHasher.Hash(Password);
        Assert.Multiple(() =>
        {
            foreach (var damaged in new[]
            {
                "", "$", phc[..^1], phc + "A", phc[1..], phc.Replace("argon2id", "argon2i", StringComparison.Ordinal),
                phc.Replace("m=19456", "m=99999999", StringComparison.Ordinal), phc.Replace("m=19456", "m=-1", StringComparison.Ordinal),
                phc.Replace("t=2", "t=2000", StringComparison.Ordinal), phc.Replace("p=1", "p=2", StringComparison.Ordinal),
                phc.Replace("t=2,", "", StringComparison.Ordinal), phc[..^43] + new string('!', 43), phc[..^43], new string('$', 97),
            })
                Assert.That(PasswordHasher.Verify(Password, damaged), Is.False, damaged);
        });
    }

    [TestCase(0, false)]
    [TestCase(7, false)]
    [TestCase(8, true)]
    [TestCase(1_024, true)]
    [TestCase(1_025, false)]
    public void A_password_has_8_to_1024_bytes(int length, bool fits) =>
        Assert.That(PasswordPolicy.Check(Encoding.ASCII.GetBytes(new string('x', length))),
            Is.EqualTo(fits ? ErrorCode.None : ErrorCode.PasswordPolicy));

    [Test]
    public void A_password_is_text_without_NUL()
    {
        Assert.That(PasswordPolicy.Check("eight\0bytes"u8), Is.EqualTo(ErrorCode.PasswordPolicy));
        Assert.That(PasswordPolicy.Check([.. "eightbyt"u8, 0xFF]), Is.EqualTo(ErrorCode.PasswordPolicy));
        Assert.That(PasswordPolicy.Check([.. "overlong"u8, 0xC0, 0x80]), Is.EqualTo(ErrorCode.PasswordPolicy));
        Assert.That(PasswordPolicy.Check("päßwörtér"u8), Is.EqualTo(ErrorCode.None));
    }
}
