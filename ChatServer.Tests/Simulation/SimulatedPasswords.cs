using System.IO.Hashing;
using System.Text;
using ChatServer.Runtime;

namespace ChatServer.Tests.Simulation;

/// <summary>Hashing of passwords that takes virtual time only.</summary>
internal sealed class SimulatedPasswords(Schedule schedule, SimulationRandom random, int capacity)
{
    private const int MostMicroseconds = 30_000;

    private int _queued;
    private bool _isStopped;

    public static string Phc(ReadOnlySpan<byte> password) => $"simulated${XxHash3.HashToUInt64(password):x16}";

    public static byte[] StoredHash(string password) => Encoding.ASCII.GetBytes(Phc(Encoding.UTF8.GetBytes(password)));

    public void Stop() => _isStopped = true;

    public bool TryEnqueue(PasswordJob job)
    {
        if (_queued >= capacity) return false;
        _queued++;
        schedule.After(1_000 + random.Next(MostMicroseconds), () => Execute(job));
        return true;
    }

    private void Execute(PasswordJob job)
    {
        _queued--;
        if (!_isStopped) job.Execute(Work);
    }

    private static PasswordResult Work(ReadOnlySpan<byte> password, string? phc) =>
        phc is null ? new PasswordResult { Phc = Phc(password) } : new PasswordResult { Matches = Phc(password) == phc };
}
