using System.Diagnostics;
using System.Net;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Acceptance;
using ChatServer.Tests.Behaviour;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>The executable on a disk that becomes full: who sends is told to wait, everything else goes on, and it recovers by itself.</summary>
internal sealed class FullDiskTests
{
    private const int SegmentBytes = 16 * 1024 * 1024;
    private const int DiskMegabytes = 64;
    private static readonly TimeSpan RecoversWithin = TimeSpan.FromSeconds(5);

    [Test]
    public void Senders_are_told_to_wait_all_else_goes_on_and_it_recovers_within_five_seconds()
    {
        using var disk = new SmallDisk(DiskMegabytes);
        using var server = ServerProcess.Start(disk.Data, null, "--segment-bytes", $"{SegmentBytes}", "--trust-source", "127.0.0.0/8");
        var endPoint = server.EndPoint;
        using var alice = RawClient.Register(endPoint, "alice");
        using var bob = RawClient.Register(endPoint, "bob");
        disk.Fill(SegmentBytes / 2);
        var sent = SendUntilRefused(alice, out var refusal);
        Assert.That((refusal.Code, refusal.SendNumber), Is.EqualTo((ErrorCode.Busy, sent + 1)));
        Assert.That(refusal.RetryAfterMs, Is.InRange(1, 5_000));

        // Deliveries, receipts with their marks, repeated sends and logins are served from the reserve; new accounts wait.
        for (ulong sequence = 1; sequence <= sent; sequence++)
        {
            Assert.That(bob.ExpectText("alice", sequence), Is.EqualTo(Text(sequence)));
            bob.Acknowledge("alice", sequence, sequence);
        }

        // One mark overtakes another, until the last has come.
        ulong read = 0;
        while (read < sent)
        {
            foreach (var mark in alice.Expect<MarksFrame>().Items) read = mark.ReadUpTo;
        }

        using (var again = RawClient.ByToken(endPoint, "bob", bob.Token)) Assert.That(again.Welcome.LastSendNumber, Is.Zero);
        Assert.That(RawClient.Refused(endPoint, RawClient.Hello("carol", "phone", LoginMethod.Register, "correct horse"u8.ToArray()), ErrorCode.Busy).RetryAfterMs, Is.Positive);
        Assert.That(server.Log, Does.Contain("disk-full"));

        disk.Free();
        var freed = Stopwatch.GetTimestamp();
        while (Send(alice, sent + 1, sent) is { } answer) Assert.That((answer.Code, answer.SendNumber), Is.EqualTo((ErrorCode.Busy, sent + 1)));
        TestContext.Out.WriteLine($"{sent} messages before the disk was full; taken again {Stopwatch.GetElapsedTime(freed).TotalMilliseconds:0} ms after there was space");
        Assert.That(Stopwatch.GetElapsedTime(freed), Is.LessThan(RecoversWithin));
        RawClient.Register(endPoint, "carol").Dispose();
        Assert.That(server.Stop(), Is.Zero, server.Log);
        Assert.That(server.Log, Does.Contain("disk-has-room"));
        ServesAfterARestart(disk.Data, alice.Token, sent + 1);
    }

    [Test]
    public void A_disk_too_small_for_a_log_refuses_the_start_and_a_larger_one_takes_it_up()
    {
        using var disk = new SmallDisk(DiskMegabytes);
        disk.Fill(SegmentBytes / 2);
        using (var server = ServerProcess.Start(disk.Data, null, "--segment-bytes", $"{SegmentBytes}"))
        {
            Assert.That((server.Ready(), server.WaitForExit()), Is.EqualTo(((IPEndPoint?)null, 70)), server.Log);
            Assert.That(server.Log, Does.Contain("No space left").And.Contain(".segment"));
        }

        disk.Free();
        using var again = ServerProcess.Start(disk.Data, null, "--segment-bytes", $"{SegmentBytes}");
        RawClient.Register(again.EndPoint, "alice").Dispose();
    }

    private static ulong SendUntilRefused(RawClient alice, out ErrorFrame refusal)
    {
        for (ulong number = 1; ; number++)
        {
            if (Send(alice, number, number - 1) is not { } error) continue;
            refusal = error;
            return number - 1;
        }
    }

    private static ErrorFrame? Send(RawClient alice, ulong number, ulong settled)
    {
        alice.SendText("bob", number, Text(number), settled);
        return alice.ExpectSentOrError();
    }

    private static void ServesAfterARestart(string data, byte[] token, ulong lastNumber)
    {
        using var server = ServerProcess.Start(data);
        using var alice = RawClient.ByToken(server.EndPoint, "alice", token, attempt: 9);
        Assert.That(alice.Welcome.LastSendNumber, Is.EqualTo(lastNumber));
    }

    private static string Text(ulong number) => $"message {number} ".PadRight(ProtocolLimits.PayloadBytes, 'x');
}
