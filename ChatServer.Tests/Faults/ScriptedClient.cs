using ChatServer.Core;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Faults;

/// <summary>What one device of a script remembers, whatever happens to the server.</summary>
internal sealed class ScriptedClient(string name)
{
    public UserId User { get; } = UserId.Parse(name);

    public DeviceId Device { get; } = DeviceId.Parse("phone");

    /// <summary>The partition of the user.</summary>
    public int Home { get; set; }

    /// <summary>0: not connected.</summary>
    public ulong Session { get; set; }

    public uint Attempts { get; set; }

    public ulong LastNumber { get; set; }

    /// <summary>Sends without an answer.</summary>
    public SortedDictionary<ulong, (UserId To, string Text)> Open { get; } = [];

    /// <summary>All before it are answered.</summary>
    public ulong Settled => Open.Count > 0 ? Open.Keys.First() - 1 : LastNumber;

    /// <summary>Everything that ever came, by conversation and sequence.</summary>
    public SortedDictionary<UserId, SortedDictionary<ulong, string>> Received { get; } = [];

    /// <summary>What came in this session.</summary>
    public HashSet<(UserId, ulong)> InSession { get; } = [];

    public OpenRequest OpenRequest(ulong session, bool registers, ulong passwordEpoch) => new()
    {
        Session = session, Correlation = 1, User = User, Device = Device, Instance = 1, Attempt = ++Attempts, Settled = Settled, ExemptFromRates = true, WindowBytes = 1 << 24,
        RegisterPasswordHash = registers ? [1, 2, 3] : null, VerifiedPasswordEpoch = registers ? null : passwordEpoch,
    };
}
