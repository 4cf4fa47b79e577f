using System.Globalization;
using System.Text;
using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;
using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>
/// What users cost in memory: live bytes of a state that records have made, on 100,000 users. The goal for one who is registered and
/// nothing more is 64 bytes, the credential not counted.
/// </summary>
[NonParallelizable]
internal sealed class UserMemoryTests
{
    private const int Users = 100_000;
    private static readonly byte[] Credential = Encoding.ASCII.GetBytes(PasswordHasher.Decoy);

    [Test]
    public void A_registered_user_costs_at_most_52_bytes_and_the_credential_104()
    {
        var (bytes, credential) = Measure(static state => state);
        Assert.That(bytes, Is.LessThanOrEqualTo(52));
        Assert.That(credential, Is.LessThanOrEqualTo(104));
    }

    [Test]
    public void A_user_with_a_device_costs_at_most_500_bytes()
    {
        var (bytes, _) = Measure(static state =>
        {
            for (var i = 0; i < Users; i++) Open(state, i);
            return state;
        });
        Assert.That(bytes, Is.LessThanOrEqualTo(500));
    }

    [Test]
    public void A_user_with_a_device_and_a_conversation_costs_at_most_1000_bytes()
    {
        var (bytes, _) = Measure(static state =>
        {
            for (var i = 0; i < Users; i++) Open(state, i);
            for (var i = 0; i < Users; i++)
            {
                new Posted { Message = new Authored { Sender = Named(i), Device = Device(i), SendNumber = 1, ContentKind = 1 }, To = Named(i ^ 1), Sequence = (ulong)(i % 2) + 1, Time = 1 }
                    .Apply(state, new BodyRef(1, new RecordSpan(i, 1)));
            }

            for (var i = 0; i < Users; i++)
            {
                new Received { User = Named(i), Device = Device(i), Other = Named(i ^ 1), Delivered = 2, Read = 2 }.Apply(state, default);
                new SettledUpTo { User = Named(i), Device = Device(i), Settled = 1 }.Apply(state, default);
            }

            while (state.Bodies.TryTakeFreed(out _)) { } // the loop would forget where they are
            return state;
        });
        Assert.That(bytes, Is.LessThanOrEqualTo(1000));
    }

    // Bytes a user without the credential, and the credential's.
    private static (double Bytes, double Credential) Measure(Func<PartitionState, PartitionState> more)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var state = more(Registered());
        var bytes = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / Users;
        var credential = (double)state.Users.PasswordBytes / Users;
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes - credential:0.0} bytes a user, and {credential:0.0} of the credential"));
        return (bytes - credential, credential);
    }

    private static PartitionState Registered()
    {
        var state = new PartitionState(0, new PartitionMap(1, 7), new CoreLimits());
        for (var i = 0; i < Users; i++) new UserAdded { User = Encoding.ASCII.GetBytes(Named(i).Value), PasswordHash = Credential }.Apply(state, default);
        return state;
    }

    private static void Open(PartitionState state, int i) => new DeviceOpened { User = Named(i), Device = Device(i), Time = 1, Instance = 1, Attempt = 1 }.Apply(state, default);

    private static UserId Named(int i) => UserId.Parse(string.Create(CultureInfo.InvariantCulture, $"account-{i}"));

    private static DeviceId Device(int i) => DeviceId.Parse(string.Create(CultureInfo.InvariantCulture, $"phone-{i}"));
}
