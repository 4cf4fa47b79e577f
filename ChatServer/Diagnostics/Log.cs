using System.Net;
using ChatServer.Protocol.Wire;

namespace ChatServer.Diagnostics;

/// <summary>
/// Every line that the server can write to its log, each with a number of its own; docs/OPERATIONS.md says what to do about
/// them. Never a message's text, a token or a password; nothing for every message. Any thread.
/// </summary>
internal static class Log
{
    private static readonly LogEvent StartingEvent = new(100, LogLevel.Info, "starting");
    private static readonly LogEvent RecoveredEvent = new(101, LogLevel.Info, "recovered");
    private static readonly LogEvent ListeningEvent = new(102, LogLevel.Info, "listening");
    private static readonly LogEvent StoppingEvent = new(103, LogLevel.Info, "stopping");
    private static readonly LogEvent StoppedEvent = new(104, LogLevel.Info, "stopped");
    private static readonly LogEvent FailedEvent = new(105, LogLevel.Critical, "failed");
    private static readonly LogEvent LoopFaultEvent = new(106, LogLevel.Critical, "loop-fault");

    private static readonly LogEvent AdministeredEvent = new(120, LogLevel.Info, "administered");
    private static readonly LogEvent AdminFaultEvent = new(121, LogLevel.Warning, "admin-fault");

    private static readonly LogEvent AcceptFaultEvent = new(200, LogLevel.Error, "accept-fault");
    private static readonly LogEvent ConnectionRefusedEvent = new(201, LogLevel.Warning, "connection-refused");
    private static readonly LogEvent ProtocolErrorEvent = new(202, LogLevel.Warning, "protocol-error");
    private static readonly LogEvent SlowReaderEvent = new(203, LogLevel.Warning, "slow-reader");
    private static readonly LogEvent ConnectionFaultEvent = new(204, LogLevel.Error, "connection-fault");

    private static readonly LogEvent LoginFailedEvent = new(300, LogLevel.Warning, "login-failed");
    private static readonly LogEvent LoginThrottledEvent = new(301, LogLevel.Warning, "login-throttled");
    private static readonly LogEvent TokenReusedEvent = new(302, LogLevel.Warning, "token-reused");
    private static readonly LogEvent PasswordFaultEvent = new(303, LogLevel.Error, "password-fault");
    private static readonly LogEvent RegisteredEvent = new(304, LogLevel.Info, "registered");

    private static readonly LogEvent StorageFailedEvent = new(400, LogLevel.Critical, "storage-failed");
    private static readonly LogEvent TornTailEvent = new(401, LogLevel.Warning, "torn-tail-cut");
    private static readonly LogEvent SlotUnreadableEvent = new(402, LogLevel.Warning, "slot-unreadable");
    private static readonly LogEvent LogBehindEvent = new(403, LogLevel.Warning, "log-behind");
    private static readonly LogEvent DiskFullEvent = new(404, LogLevel.Warning, "disk-full");
    private static readonly LogEvent DiskHasRoomEvent = new(405, LogLevel.Info, "disk-has-room");

    private static readonly LogEvent CheckpointTakenEvent = new(410, LogLevel.Info, "checkpoint-taken");
    private static readonly LogEvent CheckpointUnusableEvent = new(411, LogLevel.Warning, "checkpoint-unusable");
    private static readonly LogEvent CheckpointPostponedEvent = new(412, LogLevel.Warning, "checkpoint-postponed");

    private static readonly LogEvent MiscountedEvent = new(413, LogLevel.Error, "miscounted");

    private static readonly Lazy<LogSink> StandardError = new(() => new LogSink(Console.Error, TimeProvider.System));

    private static LogSink? _sink;

    /// <summary>Where the lines go: standard error, or what a test or the host put here before the first line.</summary>
    public static LogSink Sink
    {
        get => _sink ?? StandardError.Value;
        set => _sink = value;
    }

    /// <summary>Writes what is queued. Before the process ends, whatever the reason; lines after it are lost.</summary>
    public static void Close()
    {
        if (_sink is { } sink) sink.Dispose();
        else if (StandardError.IsValueCreated) StandardError.Value.Dispose();
    }

    public static void Starting(string version, string dataPath, int loops) =>
        Sink.Write(StartingEvent, ("version", version), ("data", dataPath), ("loops", loops));

    public static void Recovered(ulong batches, long logBytes, TimeSpan elapsed) =>
        Sink.Write(RecoveredEvent, ("batches", batches), ("logBytes", logBytes), ("milliseconds", (long)elapsed.TotalMilliseconds));

    public static void Listening(EndPoint address, bool registrationOpen) =>
        Sink.Write(ListeningEvent, ("address", address), ("registration", registrationOpen ? "open" : "closed"));

    public static void Stopping(string reason) => Sink.Write(StoppingEvent, ("reason", reason));

    public static void Stopped(TimeSpan elapsed) => Sink.Write(StoppedEvent, ("milliseconds", (long)elapsed.TotalMilliseconds));

    public static void Failed(Exception fault) => Sink.Write(FailedEvent, ("fault", fault));

    public static void LoopFault(int loop, Exception fault) => Sink.Write(LoopFaultEvent, ("loop", loop), ("fault", fault));

    public static void Administered(string command, string user, ErrorCode answer) =>
        Sink.Write(AdministeredEvent, ("command", command), ("user", user), ("answer", answer));

    public static void AdminFault(string reason) => Sink.Write(AdminFaultEvent, ("reason", reason));

    public static void AcceptFault(Exception fault) => Sink.Write(AcceptFaultEvent, ("fault", fault.Message));

    public static void ConnectionRefused(EndPoint? address, string reason) =>
        Sink.Write(ConnectionRefusedEvent, ("address", address), ("reason", reason));

    public static void ProtocolError(EndPoint? address, ErrorCode code) =>
        Sink.Write(ProtocolErrorEvent, ("address", address), ("code", code));

    public static void SlowReader(EndPoint? address, UserId user, long queuedBytes) =>
        Sink.Write(SlowReaderEvent, ("address", address), ("user", user), ("queuedBytes", queuedBytes));

    public static void ConnectionFault(EndPoint? address, Exception fault) =>
        Sink.Write(ConnectionFaultEvent, ("address", address), ("fault", fault));

    public static void LoginFailed(EndPoint? address, UserId user, ErrorCode code) =>
        Sink.Write(LoginFailedEvent, ("address", address), ("user", user), ("code", code));

    public static void LoginThrottled(EndPoint? address, UserId user) =>
        Sink.Write(LoginThrottledEvent, ("address", address), ("user", user));

    public static void TokenReused(EndPoint? address, UserId user, DeviceId device) =>
        Sink.Write(TokenReusedEvent, ("address", address), ("user", user), ("device", device));

    public static void PasswordFault(Exception fault) => Sink.Write(PasswordFaultEvent, ("fault", fault));

    public static void Registered(EndPoint? address, UserId user) => Sink.Write(RegisteredEvent, ("address", address), ("user", user));

    public static void StorageFailed(Exception fault) => Sink.Write(StorageFailedEvent, ("fault", fault));

    public static void TornTail(string place, long bytes) => Sink.Write(TornTailEvent, ("place", place), ("bytes", bytes));

    public static void SlotUnreadable(string file) => Sink.Write(SlotUnreadableEvent, ("file", file));

    public static void CheckpointTaken(ulong number, long bytes, long logDiskBytes, TimeSpan elapsed) => Sink.Write(
        CheckpointTakenEvent, ("number", number), ("bytes", bytes), ("logDiskBytes", logDiskBytes), ("milliseconds", (long)elapsed.TotalMilliseconds));

    public static void CheckpointUnusable(string reason) => Sink.Write(CheckpointUnusableEvent, ("reason", reason));

    public static void CheckpointPostponed(string reason) => Sink.Write(CheckpointPostponedEvent, ("reason", reason));

    public static void Miscounted(long messages) => Sink.Write(MiscountedEvent, ("messages", messages));

    public static void DiskFull() => Sink.Write(DiskFullEvent);

    public static void DiskHasRoom() => Sink.Write(DiskHasRoomEvent);

    public static void LogBehind(int loop, long waitingBytes) => Sink.Write(LogBehindEvent, ("loop", loop), ("waitingBytes", waitingBytes));
}
