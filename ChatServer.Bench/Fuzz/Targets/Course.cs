using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>A course of events as bytes: steps one after another, at most <see cref="Most"/>.</summary>
internal ref struct Course(ReadOnlySpan<byte> steps)
{
    public const int Most = 96;

    private const int Alice = 0;
    private const int Bob = 1;
    private const int OtherOfAlice = 2;

    private ReadOnlySpan<byte> _rest = steps;
    private int _count;

    /// <summary>What well-meaning clients do.</summary>
    public static IReadOnlyList<byte[]> Seeds { get; } =
    [
        [],
        [.. Login("alice", "phone", Alice)],
        [.. Conversation(), .. Frame(Alice, new PingFrame { Settled = 1, Echo = new byte[] { 1 } }), .. Frame(Alice, new ListDevicesFrame()), .. Frame(Bob, new RemoveDeviceFrame { Device = DeviceId.Parse("phone") })],
        [.. Conversation(), .. CourseStep.Of(CourseStepKind.Hangup, Alice, true), .. Again("alice", "phone", Alice, 2), .. Frame(Alice, Text("bob", 2, 1))],
        [.. Conversation(), .. Login("alice", "desk", OtherOfAlice), .. Frame(OtherOfAlice, Text("bob", 1, 0)), .. Frame(OtherOfAlice, new RemoveDeviceFrame { Device = DeviceId.Parse("phone") })],
        [.. Conversation(), .. Again("alice", "phone", OtherOfAlice, 3), .. Frame(Alice, Text("bob", 2, 1)), .. Frame(OtherOfAlice, Text("nobody", 2, 1)), .. Frame(OtherOfAlice, Text("bob", 3, 2))],
        [.. Conversation(), .. Many(Alice, "bob", 30), .. CourseStep.Of(CourseStepKind.Wait, 0, true, 0xFF, 0x7F), .. Frame(Bob, Read("alice", 20, 10))],
        [.. Conversation(), .. CourseStep.Of(CourseStepKind.Hangup, Bob, true), .. Many(Alice, "bob", 50), .. Again("bob", "phone", Bob, 2), .. Frame(Bob, Read("alice", 50, 50))],
    ];

    public CourseEnumerator GetEnumerator() => new(this);

    /// <summary>Where each step begins; the end of the last one is the end of the bytes.</summary>
    public static List<int> Starts(ReadOnlySpan<byte> steps)
    {
        var starts = new List<int>();
        var walk = new Course(steps);
        var before = steps.Length;
        while (walk.TryTake(out _))
        {
            starts.Add(steps.Length - before);
            before = walk._rest.Length;
        }

        return starts;
    }

    public bool TryTake(out CourseStep step)
    {
        step = default;
        if (_rest.Length < CourseStep.HeadBytes || _count == Most) return false;
        _count++;
        var head = _rest[..CourseStep.HeadBytes];
        _rest = _rest[CourseStep.HeadBytes..];
        var length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(head[2..]), _rest.Length);
        step = new CourseStep(head, _rest[..length]);
        _rest = _rest[length..];
        return true;
    }

    private static byte[] Login(string user, string device, int line) => Hello(CourseStepKind.Frame, user, device, line, LoginMethod.Register, 1);

    private static byte[] Again(string user, string device, int line, uint attempt) => Hello(CourseStepKind.LoginAgain, user, device, line, LoginMethod.Password, attempt);

    private static byte[] Hello(CourseStepKind kind, string user, string device, int line, LoginMethod method, uint attempt)
    {
        // The second device of a user logs in by password.
        if (device == "desk") method = LoginMethod.Password;
        return
        [
            .. CourseStep.Of(CourseStepKind.Connect, line, false),
            .. Step(kind, line, new HelloFrame { User = UserId.Parse(user), Device = DeviceId.Parse(device), Method = method, Secret = "password"u8.ToArray(), Instance = 5, Attempt = attempt }),
        ];
    }

    private static byte[] Conversation() =>
    [
        .. Login("alice", "phone", Alice),
        .. Login("bob", "phone", Bob),
        .. Frame(Alice, Text("bob", 1, 0)),
        .. Frame(Bob, Read("alice", 1, 0)),
        .. Frame(Bob, Text("alice", 1, 0)),
        .. Frame(Alice, Read("bob", 2, 2)),
    ];

    private static byte[] Many(int line, string to, int count) =>
        [.. Enumerable.Range(2, count).SelectMany(number => Frame(line, Text(to, (ulong)number, (ulong)number - 1)))];

    private static SendFrame Text(string to, ulong number, ulong settled) => new()
    {
        Conversation = WireConversation.Direct(UserId.Parse(to)), SendNumber = number, Settled = settled, ContentKind = ContentKind.Message,
        Payload = Encoding.ASCII.GetBytes($"text {number}"),
    };

    private static ReceiptFrame Read(string with, ulong delivered, ulong read) => new()
    {
        Items = [new ReceiptItem { Conversation = WireConversation.Direct(UserId.Parse(with)), DeliveredUpTo = delivered, ReadUpTo = read }],
        MarksVersion = 1,
    };

    private static byte[] Frame<T>(int line, T frame)
        where T : struct, IFrame<T> => Step(CourseStepKind.Frame, line, frame);

    private static byte[] Step<T>(CourseStepKind kind, int line, T frame)
        where T : struct, IFrame<T>
    {
        var output = new ArrayBufferWriter<byte>();
        FrameCodec.Write(output, frame);
        return CourseStep.Of(kind, line, true, [(byte)T.Kind, 7, .. output.WrittenSpan[ProtocolLimits.HeaderBytes..]]);
    }
}
