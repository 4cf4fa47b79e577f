using System.Globalization;
using System.Net;
using ChatServer.Core;
using ChatServer.Diagnostics;
using ChatServer.Network;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Sessions;

namespace ChatServer.Bench.Micro;

/// <summary>
/// The whole server but for sockets, disk and clock: a shard with one loop that is turned by hand, over a log that keeps nothing, and
/// users who are logged in. What is done in <see cref="Exchange"/> is all on the caller's thread.
/// </summary>
internal sealed class MemoryShard : IDisposable
{
    public const int Partitions = 64;

    /// <summary>Users to whom one writes, in turn.</summary>
    private const int Others = 4;

    /// <summary>No more than one poll of the loop finds.</summary>
    private const int ArrivingAtOnce = 256;

    private const int TurnsMax = 256;

    private readonly SteppedTime _time = new();
    private readonly ForgetfulCommitLog _log = new();
    private readonly ServerMetrics _metrics = new();
    private readonly byte[] _payload = new byte[100];
    private readonly MemoryUser[] _users;
    private readonly Shard _shard;
    private readonly Loop _loop;
    private int _rounds;

    public MemoryShard(int users)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(users, Others);
        var transport = new MemoryTransport(_time);
        _shard = new Shard(Options(), (_, _) => _log, () => transport, _time, takePassword: TakePassword);
        _loop = _shard.Loops[0];
        _loop.Begin();
        _users = [.. Enumerable.Range(0, users).Select(i => new MemoryUser(UserId.Parse(string.Create(CultureInfo.InvariantCulture, $"user{i}@example.org"))))];
        foreach (var some in _users.Chunk(ArrivingAtOnce))
        {
            foreach (var user in some) transport.Arrive(user.Line);
            TurnUntilQuiet();
        }

        if (!Array.TrueForAll(_users, user => user.IsWelcome)) throw new InvalidOperationException("somebody could not log in");
    }

    /// <summary>Each user writes so many messages to one other; all are answered, received, acknowledged and settled. Gives how many have come so far.</summary>
    public ulong Exchange(int messages)
    {
        var distance = 1 + (_rounds++ % Others);
        for (var i = 0; i < _users.Length; i++) _users[i].Send(_users[(i + distance) % _users.Length].Id, messages, _payload);
        TurnUntilQuiet();
        ulong received = 0;
        foreach (var user in _users)
        {
            if (!user.IsAnswered) throw new InvalidOperationException("a message was not answered");
            received += user.Received;
        }

        return received;
    }

    public void Dispose()
    {
        _shard.Dispose();
        _metrics.Dispose();
    }

    // Done at once: nobody measures logins here.
    private static bool TakePassword(PasswordJob job)
    {
        job.Execute(static (_, _) => new PasswordResult { Phc = "none" });
        return true;
    }

    private void TurnUntilQuiet()
    {
        for (var turn = 0; turn < TurnsMax; turn++)
        {
            var before = _loop.Partitions.LastBatch;
            _time.Advance(TimeSpan.FromMilliseconds(1));
            if (!_loop.TryTurn()) throw new InvalidOperationException("the loop has stopped");
            _log.CompleteCommit();
            var any = _loop.Partitions.LastBatch > before || _loop.Partitions.HeldDrains > 0 || _loop.PollTimeout() == TimeSpan.Zero;
            foreach (var user in _users) any |= user.TryTake();
            if (!any) return;
        }

        throw new InvalidOperationException("it does not come to rest");
    }

    private ShardOptions Options() => new()
    {
        Rules = new LoopSessionRules(
            new SessionSettings
            {
                ServerId = "memory", HistoryId = new byte[ProtocolLimits.HistoryBytes], TokenKey = new byte[32], RegistrationIsOpen = true,
                Limits = new SessionLimits
                {
                    FrameBytes = ProtocolLimits.BodyBytes, PayloadBytes = ProtocolLimits.PayloadBytes, UndecidedSends = ProtocolLimits.UndecidedSends,
                    UnsettledAnswers = ProtocolLimits.UnsettledAnswers, WindowMessages = ProtocolLimits.WindowMessages, WindowBytes = ProtocolLimits.WindowBytes,
                    OutboxEntries = 10_000, OutboxBytes = 1 << 26, Devices = ProtocolLimits.DevicesPerUser, MessagesPerSecond = 20, MessagesBurst = 60,
                },
            },
            new PartitionMap(Partitions, 42),
            new TrustedSources([new IPNetwork(IPAddress.Loopback, 32)]),
            _metrics),
    };
}
