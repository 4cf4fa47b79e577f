using System.Security.Cryptography;
using ChatServer.Sessions;

namespace ChatServer.Runtime;

/// <summary>
/// One password to hash or to compare. Takes the password over and clears it, whatever becomes of the job. Exactly one of two
/// things happens, once: the callback is called, or <see cref="Cancel"/> returned true.
/// </summary>
internal sealed class PasswordJob
{
    private readonly byte[] _password;
    private readonly string? _phc;
    private readonly bool _userExists;
    private readonly Action<PasswordResult> _done;
    private State _state;

    private PasswordJob(byte[] password, string? phc, bool userExists, Action<PasswordResult> done)
    {
        _password = password;
        _phc = phc;
        _userExists = userExists;
        _done = done;
    }

    private enum State
    {
        Queued,
        Executing,
        Delivered,
        Cancelled,
    }

    /// <summary>Hashes a password that is to be set; the result has the PHC string.</summary>
    public static PasswordJob Hash(byte[] password, Action<PasswordResult> done) => new(password, null, true, done);

    /// <summary>
    /// Compares a password; the result says whether it matches. Null: the user does not exist; the same work is done, and the
    /// answer is no.
    /// </summary>
    public static PasswordJob Verify(byte[] password, string? phc, Action<PasswordResult> done) =>
        new(password, phc ?? PasswordHasher.Decoy, phc is not null, done);

    /// <summary>True: the callback will never be called. False: it has been, or is being, called.</summary>
    public bool Cancel()
    {
        var before = Interlocked.CompareExchange(ref _state, State.Cancelled, State.Queued);
        // While it is hashed the password is in use: the thread that executes clears it.
        if (before == State.Queued) CryptographicOperations.ZeroMemory(_password);
        if (before == State.Executing) before = Interlocked.CompareExchange(ref _state, State.Cancelled, State.Executing);
        return before != State.Delivered;
    }

    /// <summary>Called once, by a thread of the pool.</summary>
    public void Execute() => Execute(WithArgon2);

    /// <summary>As <see cref="Execute()"/>, with other work: a simulation has no 15 ms for a password.</summary>
    public void Execute(PasswordWork work)
    {
        if (Interlocked.CompareExchange(ref _state, State.Executing, State.Queued) != State.Queued) return;
        var result = Compute(work);
        if (Interlocked.CompareExchange(ref _state, State.Delivered, State.Executing) == State.Executing) _done(result);
    }

    private static PasswordResult WithArgon2(ReadOnlySpan<byte> password, string? phc) => phc is null
        ? new PasswordResult { Phc = PasswordHasher.Hash(password) }
        : new PasswordResult { Matches = PasswordHasher.Verify(password, phc) };

    private PasswordResult Compute(PasswordWork work)
    {
        try
        {
            var result = work(_password, _phc);
            return result with { Matches = result.Matches & _userExists };
        }
        catch (Exception fault)
        {
            // Most likely no memory for the hash. Nobody gets in, and whoever waits is told; the pool goes on.
            return new PasswordResult { Fault = fault };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(_password);
        }
    }
}
