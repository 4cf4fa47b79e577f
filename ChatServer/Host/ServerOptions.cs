using System.Collections.Immutable;
using System.Net;
using ChatServer.Diagnostics;
using ChatServer.Protocol.Wire;

namespace ChatServer.Host;

/// <summary>
/// What an operator may choose. The defaults are made for trying out: loopback, a directory beside you, registration open
/// there. Sizes and memory limits go downwards only, from what the protocol allows; rates go either way. docs/CONFIGURATION.md
/// lists each with its option on the command line; a test compares the two.
/// </summary>
internal sealed record ServerOptions
{
    public const int LoopsMax = 16;

    /// <summary>Directory of everything that is kept; made if it is not there. Default: ./chatserver-data.</summary>
    public string DataPath { get; init; } = "./chatserver-data";

    /// <summary>Address to listen on. Default: 127.0.0.1.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port, 0 to 65,535; 0 lets the system choose, and the log says which. Default: 5222.</summary>
    public int Port { get; init; } = 5_222;

    /// <summary>
    /// Threads that own partitions and connections, 1 to 16. Default: the cores, at most 16; one where there are two cores,
    /// because a second one would share them with the disk and the kernel.
    /// </summary>
    public int Loops { get; init; } = DefaultLoops(Environment.ProcessorCount);

    /// <summary>How connections are watched: auto (epoll on Linux, sockets elsewhere), epoll, sockets. Default: auto.</summary>
    public TransportKind Transport { get; init; } = TransportKind.Auto;

    /// <summary>Who may make an account over the wire. Default: whoever reaches a loopback address.</summary>
    public RegistrationMode Registration { get; init; } = RegistrationMode.Loopback;

    /// <summary>Says that listening in clear text beyond loopback is meant: passwords and messages are readable on the way. Default: false.</summary>
    public bool Plaintext { get; init; }

    /// <summary>Networks whose connections are exempt from rates, for load tests and bots. Default: none.</summary>
    public ImmutableArray<IPNetwork> TrustSources { get; init; } = [];

    /// <summary>Least level of what is written to the log. Default: info.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Info;

    /// <summary>Time a client has from its connection to a complete Hello, 1 to 60 s. Default: 10 s.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Interval at which a client in the foreground must be heard, 5 to 3,600 s; it is closed after two and a half. Default: 30 s.</summary>
    public TimeSpan KeepAliveForeground { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Interval at which a client in the background must be heard, 5 to 3,600 s; it is closed after two and a half. Default: 300 s.</summary>
    public TimeSpan KeepAliveBackground { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Time without progress after which a client that does not read is closed, 1 to 60 s. Default: 10 s.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that a graceful stop may take, 1 to 300 s; then the process ends, and loses nothing acknowledged. Default: 30 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages a second that one user may send, 1 to 1,000,000. Default: 20.</summary>
    public int MessagesPerSecond { get; init; } = 20;

    /// <summary>Messages that one user may send at once before the rate holds, 1 to 1,000,000. Default: 60.</summary>
    public int MessagesBurst { get; init; } = 60;

    /// <summary>Connections a second that are accepted, 1 to 1,000,000; twice as many at once. Default: 1,000.</summary>
    public int AcceptsPerSecond { get; init; } = 1_000;

    /// <summary>Connections a second from one address, 1 to 1,000,000; as many at once. Default: 20.</summary>
    public int AcceptsPerSecondPerAddress { get; init; } = 20;

    /// <summary>Connections from one address that have not logged in yet, 1 to 1,000,000. Default: 64.</summary>
    public int UnauthenticatedPerAddress { get; init; } = 64;

    /// <summary>Entries that may wait for one device before senders are refused, 1 to 10,000. Default: 10,000.</summary>
    public int OutboxEntries { get; init; } = 10_000;

    /// <summary>Bytes of payload that may wait for one device before senders are refused, 16 KiB to 64 MiB. Default: 64 MiB.</summary>
    public long OutboxBytes { get; init; } = 64 * 1_024 * 1_024;

    /// <summary>Most messages pushed and not acknowledged on one session, 1 to 512. Default: 512.</summary>
    public int WindowMessages { get; init; } = ProtocolLimits.WindowMessages;

    /// <summary>Most bytes of payload pushed and not acknowledged on one session, 32 KiB to 256 KiB. Default: 256 KiB.</summary>
    public int WindowBytes { get; init; } = ProtocolLimits.WindowBytes;

    /// <summary>Bytes that may wait for the socket of one connection, 128 KiB to 256 KiB. Default: 256 KiB.</summary>
    public int SendQueueBytes { get; init; } = 256 * 1_024;

    /// <summary>Frames that may wait for the socket of one connection, 16 to 1,000. Default: 1,000.</summary>
    public int SendQueueFrames { get; init; } = 1_000;

    /// <summary>Bytes of one file of the log, a power of two from 16 MiB to 1 GiB; fixed for a data directory when it is made. Default: 64 MiB.</summary>
    public long SegmentBytes { get; init; } = 64 * 1_024 * 1_024;

    /// <summary>
    /// Bytes of log between two checkpoints, 1 MiB to 16 GiB: a start replays about as much, and the log keeps two to three times
    /// as much on disk. Default: 256 MiB.
    /// </summary>
    public long CheckpointBytes { get; init; } = 256 * 1_024 * 1_024;

    /// <summary>
    /// Time by which the mark of what was acknowledged may follow the acknowledgement, 0 to 1,000 ms; 0: it is on disk before. A crash
    /// or a loss of power loses nothing either way. What was acknowledged within this time and is then damaged on disk, before
    /// anything else was written, is taken for the rest of a write that never ended; 0 makes it known as damage, and costs a second
    /// sync for each commit. Default: 5 ms.
    /// </summary>
    public TimeSpan MarkDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Days after which an entry that no device of its recipient has got is given up, 1 to 30. Default: 30.</summary>
    public int RetentionDays { get; init; } = 30;

    /// <summary>Whether an account can be made over the wire, the listener considered.</summary>
    public bool RegistrationIsOpen =>
        Registration == RegistrationMode.Open || (Registration == RegistrationMode.Loopback && IPAddress.IsLoopback(Listen));

    public static int DefaultLoops(int cores) => cores <= 2 ? 1 : Math.Min(cores, LoopsMax);

    /// <summary>What is wrong, in one line for whoever typed it; null when nothing is.</summary>
    public string? Problem()
    {
        if (string.IsNullOrWhiteSpace(DataPath)) return "--data: a directory is needed";
        if (!IPAddress.IsLoopback(Listen) && !Plaintext)
        {
            return $"--listen {Listen}: passwords and messages would cross the network in clear text; "
                + "add --plaintext if that is meant, or listen on 127.0.0.1";
        }

        if (Transport == TransportKind.Epoll && !OperatingSystem.IsLinux()) return "--transport epoll: only Linux has it; use auto or sockets";
        if (!long.IsPow2(SegmentBytes)) return $"--segment-bytes: {SegmentBytes} is not a power of two";
        return OutOfRange("port", Port, 0, 65_535)
            ?? OutOfRange("loops", Loops, 1, LoopsMax)
            ?? OutOfRange("hello-timeout", HelloTimeout, 1, 60)
            ?? OutOfRange("keep-alive-foreground", KeepAliveForeground, 5, 3_600)
            ?? OutOfRange("keep-alive-background", KeepAliveBackground, 5, 3_600)
            ?? OutOfRange("stall-timeout", StallTimeout, 1, 60)
            ?? OutOfRange("stop-timeout", StopTimeout, 1, 300)
            ?? OutOfRange("messages-per-second", MessagesPerSecond, 1, 1_000_000)
            ?? OutOfRange("messages-burst", MessagesBurst, 1, 1_000_000)
            ?? OutOfRange("accepts-per-second", AcceptsPerSecond, 1, 1_000_000)
            ?? OutOfRange("accepts-per-second-per-address", AcceptsPerSecondPerAddress, 1, 1_000_000)
            ?? OutOfRange("unauthenticated-per-address", UnauthenticatedPerAddress, 1, 1_000_000)
            ?? OutOfRange("outbox-entries", OutboxEntries, 1, 10_000)
            ?? OutOfRange("outbox-bytes", OutboxBytes, ProtocolLimits.PayloadBytes, 64 * 1_024 * 1_024)
            ?? OutOfRange("window-messages", WindowMessages, 1, ProtocolLimits.WindowMessages)
            ?? OutOfRange("window-bytes", WindowBytes, ProtocolLimits.WindowBytesMin, ProtocolLimits.WindowBytes)
            ?? OutOfRange("send-queue-bytes", SendQueueBytes, 2 * ProtocolLimits.BodyBytes, 256 * 1_024)
            ?? OutOfRange("send-queue-frames", SendQueueFrames, 16, 1_000)
            ?? OutOfRange("mark-delay", (long)MarkDelay.TotalMilliseconds, 0, 1_000)
            ?? OutOfRange("retention-days", RetentionDays, 1, 30)
            ?? OutOfRange("checkpoint-bytes", CheckpointBytes, 1_024 * 1_024, 16L * 1_024 * 1_024 * 1_024)
            ?? OutOfRange("segment-bytes", SegmentBytes, 16 * 1_024 * 1_024, 1_024 * 1_024 * 1_024);
    }

    private static string? OutOfRange(string option, long value, long lowest, long highest) =>
        value >= lowest && value <= highest ? null : $"--{option}: {value} is not between {lowest} and {highest}";

    private static string? OutOfRange(string option, TimeSpan value, int lowestSeconds, int highestSeconds) =>
        value >= TimeSpan.FromSeconds(lowestSeconds) && value <= TimeSpan.FromSeconds(highestSeconds)
            ? null
            : $"--{option}: {value.TotalSeconds} s is not between {lowestSeconds} s and {highestSeconds} s";
}
