using System.Text;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>Device tokens as a client may send them: any bytes, and what is a token has a successor that is one.</summary>
internal sealed class TokenTarget : FuzzTarget
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly UserId User = UserId.Parse("alice");
    private static readonly DeviceId Device = DeviceId.Parse("phone");

    public override string Name => "token";

    public override string About => "device tokens";

    public override int MaxBytes => ProtocolLimits.SecretBytes;

    /// <summary>Hashes are arrays of 32 bytes; a successor and its hash are made for each token.</summary>
    public override FuzzBounds Bounds => FuzzBounds.Frame;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        DeviceToken.CreateFirst(new byte[DeviceToken.SeedBytes]).ToWire(),
        [.. new byte[8], 0xFF, 0xFF, 0xFF, 0xFE, .. new byte[32]],
        [.. new byte[8], 0xFF, 0xFF, 0xFF, 0xFF, .. new byte[32]],
        [.. Encoding.ASCII.GetBytes("not a token")],
    ];

    public override void Run(byte[] input, FuzzMeter meter)
    {
        meter.Start();
        var isToken = DeviceToken.TryParse(input, out var token);
        meter.Stop();
        Oracle.Holds(isToken == (input.Length == DeviceToken.Bytes && token.Generation != 0), "a token has its length and a generation");
        if (!isToken) return;
        Oracle.Holds(token.ToWire().AsSpan().SequenceEqual(input), "a token is written as it was read");
        meter.Start();
        var next = token.Successor(Key, User, Device);
        meter.Stop();
        Oracle.Holds(next.Family == token.Family && next.Generation == token.Generation + 1, "a successor is of the family and the next generation");
        Oracle.Holds(next.Equals(token.Successor(Key, User, Device)), "the same token has the same successor");
        Oracle.Holds(!next.Hash().AsSpan().SequenceEqual(token.Hash()), "a successor has another hash");
        Oracle.Holds(DeviceToken.TryParse(next.ToWire(), out _) == next.Generation < uint.MaxValue, "a successor is a token, but for the last number");
    }
}
