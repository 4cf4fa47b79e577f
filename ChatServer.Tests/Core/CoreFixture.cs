using System.Text;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using ChatServer.Storage;

namespace ChatServer.Tests.Core;

/// <summary>One partition alone: inputs in, outputs out, every input a drain of its own. Session 1 opens device d1, and so on.</summary>
internal sealed class CoreFixture : IDisposable
{
    private readonly Turn _turn = new() { Now = 1_000_000 };
    private readonly Partition _partition;
    private readonly MemoryCommitLog _log = new();
    private readonly SectionAddress[] _address = new SectionAddress[1];
    private ulong _section;
    private UInt128 _hash;

    public CoreFixture(PartitionMap map, CoreLimits? limits = null)
    {
        State = new PartitionState(0, map, limits ?? new CoreLimits());
        _partition = new Partition(State, _turn);
    }

    public PartitionState State { get; }

    public bool ExemptFromRates { get; init; } = true;

    public bool HasRoom
    {
        get => _turn.HasRoom;
        set => _turn.HasRoom = value;
    }

    public ulong Now
    {
        get => _turn.Now;
        set => _turn.Now = value;
    }

    public void Dispose() => _log.Dispose();

    /// <summary>What the partition says to one input.</summary>
    public IReadOnlyList<Output> Input(Action<Partition> input)
    {
        var section = new Section(0);
        section.Open(++_section, 1, _hash);
        _partition.Section = section;
        input(_partition);
        _partition.EndTurn();
        _hash = section.Seal();
        ulong batch = 0;
        if (section.RecordCount > 0 && !_log.TryAppend([section], _address, out batch)) throw new InvalidOperationException("A log in memory takes what it is given");
        _log.CompleteCommit();
        _turn.Outputs.RestOn(batch);
        var said = new List<Output>();
        _turn.Outputs.TryRelease(_log.Durable, (in HeldOutputs.Released released) => said.Add(released.Output with { Marks = released.Output.Marks.ToArray() }));
        _turn.Outputs.Clear();
        return said;
    }

    /// <summary>Registers the user, if need be, and opens a session.</summary>
    public IReadOnlyList<Output> Open(string user, ulong session, string? device = null, int windowMessages = 512)
    {
        var id = UserId.Parse(user);
        var request = new OpenRequest
        {
            Session = session, Correlation = 1, User = id, Device = DeviceId.Parse(device ?? $"d{session}"), Instance = session, Attempt = 1,
            WindowMessages = windowMessages, WindowBytes = 1 << 20, ExemptFromRates = ExemptFromRates,
        };
        return Input(partition => partition.Open(
            partition.PasswordOf(id) is { } password ? request with { VerifiedPasswordEpoch = password.Epoch } : request with { RegisterPasswordHash = [1] }));
    }

    public IReadOnlyList<Output> Send(ulong session, string to, ulong number, string text, ulong settled = 0) => Input(partition => partition.Send(
        session, (uint)number, new SendRequest { To = UserId.Parse(to), SendNumber = number, Settled = settled, ContentKind = 1, Payload = Encoding.UTF8.GetBytes(text) }));
}
