using System.Collections.Concurrent;
using System.Text;
using ChatServer.Runtime;
using ChatServer.Sessions;
using NUnit.Framework;

namespace ChatServer.Tests.Runtime;

internal sealed class PasswordHashingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static byte[] Password => Encoding.ASCII.GetBytes("correct horse");

    [Test]
    public void A_hash_made_by_the_pool_verifies_in_the_pool()
    {
        using var pool = new PasswordHashing(1);
        var phc = Wait(pool, done => PasswordJob.Hash(Password, done)).Phc;
        Assert.That(phc, Is.Not.Null);
        Assert.That(Wait(pool, done => PasswordJob.Verify(Password, phc, done)).Matches, Is.True);
        Assert.That(Wait(pool, done => PasswordJob.Verify(Encoding.ASCII.GetBytes("wrong horse"), phc, done)).Matches, Is.False);
        Assert.That(Wait(pool, done => PasswordJob.Verify(Password, null, done)).Matches, Is.False);
    }

    [Test]
    public void The_password_is_cleared_when_it_was_used()
    {
        using var pool = new PasswordHashing(1);
        var password = Password;
        Wait(pool, done => PasswordJob.Hash(password, done));
        Assert.That(password, Is.All.Zero);
    }

    [Test]
    public void A_full_queue_refuses_and_everything_taken_is_answered()
    {
        using var pool = new PasswordHashing(1);
        using var gate = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        pool.TryEnqueue(Refused(_ =>
        {
            blocked.Set();
            gate.Wait(Patience);
        }));
        Assert.That(blocked.Wait(Patience), Is.True);
        using var answered = new CountdownEvent(PasswordHashing.QueueCapacity);
        for (var i = 0; i < PasswordHashing.QueueCapacity; i++)
            Assert.That(pool.TryEnqueue(Refused(_ => answered.Signal())), Is.True);
        Assert.That(pool.TryEnqueue(Refused(_ => Assert.Fail("A job that was refused was answered"))), Is.False);
        gate.Set();
        Assert.That(answered.Wait(Patience), Is.True);
    }

    [Test]
    public void As_many_hash_at_a_time_as_there_are_threads_and_no_more()
    {
        const int threads = 3;
        using var pool = new PasswordHashing(threads);
        using var all = new Barrier(threads);
        using var finished = new CountdownEvent(threads * 4);
        var names = new ConcurrentDictionary<string, int>();
        for (var i = 0; i < threads * 4; i++)
        {
            pool.TryEnqueue(Refused(_ =>
            {
                names.AddOrUpdate(Thread.CurrentThread.Name ?? "none", 1, (_, n) => n + 1);
                // Opens only when all threads are here at the same time.
                all.SignalAndWait(Patience);
                finished.Signal();
            }));
        }

        Assert.That(finished.Wait(Patience), Is.True);
        Assert.That(names.Keys, Is.EquivalentTo(["passwords-0", "passwords-1", "passwords-2"]));
    }

    [Test]
    public void A_cancelled_job_is_never_answered_and_its_password_cleared()
    {
        var pool = new PasswordHashing(1);
        using var gate = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        pool.TryEnqueue(Refused(_ =>
        {
            blocked.Set();
            gate.Wait(Patience);
        }));
        Assert.That(blocked.Wait(Patience), Is.True);
        var answers = 0;
        var password = Password;
        var job = PasswordJob.Hash(password, _ => answers++);
        pool.TryEnqueue(job);
        Assert.That(job.Cancel(), Is.True);
        Assert.That(password, Is.All.Zero);
        gate.Set();
        Wait(pool, done => PasswordJob.Verify(Password, "broken", done));
        pool.Dispose();
        Assert.That(answers, Is.Zero);
        Assert.That(job.Cancel(), Is.True);
    }

    [Test]
    public void A_job_that_was_answered_cannot_be_cancelled()
    {
        using var pool = new PasswordHashing(1);
        using var answered = new ManualResetEventSlim();
        var job = PasswordJob.Hash(Password, _ => answered.Set());
        pool.TryEnqueue(job);
        Assert.That(answered.Wait(Patience), Is.True);
        Assert.That(job.Cancel(), Is.False);
    }

    [Test]
    public void Disposal_discards_what_is_queued_and_takes_no_more()
    {
        var pool = new PasswordHashing(1);
        using var gate = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        pool.TryEnqueue(Refused(_ =>
        {
            blocked.Set();
            gate.Wait(Patience);
        }));
        Assert.That(blocked.Wait(Patience), Is.True);
        var answers = 0;
        for (var i = 0; i < 10; i++) pool.TryEnqueue(Refused(_ => answers++));
        var disposal = new Thread(pool.Dispose);
        disposal.Start();
        // It waits for the one thread of the pool, which is held here: all that was queued is discarded by then.
        Assert.That(SpinWait.SpinUntil(() => disposal.ThreadState == ThreadState.WaitSleepJoin, Patience), Is.True);
        Assert.That(pool.TryEnqueue(Refused(_ => answers++)), Is.False);
        gate.Set();
        Assert.That(disposal.Join(Patience), Is.True);
        Assert.That(answers, Is.Zero);
        pool.Dispose();
    }

    /// <summary>A job that costs a hash and finds no match.</summary>
    private static PasswordJob Refused(Action<PasswordResult> done) => PasswordJob.Verify(Password, PasswordHasher.Decoy, done);

    private static PasswordResult Wait(PasswordHashing pool, Func<Action<PasswordResult>, PasswordJob> create)
    {
        using var answered = new ManualResetEventSlim();
        PasswordResult answer = default;
        var job = create(result =>
        {
            answer = result;
            answered.Set();
        });
        Assert.That(pool.TryEnqueue(job), Is.True);
        Assert.That(answered.Wait(Patience), Is.True);
        Assert.That(answer.Fault, Is.Null);
        return answer;
    }
}
