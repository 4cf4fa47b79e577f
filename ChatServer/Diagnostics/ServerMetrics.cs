using System.Diagnostics.Metrics;
using ChatServer.Protocol.Wire;

namespace ChatServer.Diagnostics;

/// <summary>
/// What the server counts, as instruments of the meter <c>ChatServer</c>; docs/OPERATIONS.md explains each. Tags are codes and
/// reasons, never users or addresses. Any thread; without a listener a count costs a few nanoseconds.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "ChatServer";

    private static readonly Dictionary<ErrorCode, object> CodeNames =
        Enum.GetValues<ErrorCode>().ToDictionary(code => code, object (code) => code.ToString());

    private readonly Meter _meter = new(MeterName);
    private readonly UpDownCounter<long> _connections;
    private readonly UpDownCounter<long> _sessions;
    private readonly Counter<long> _logins;
    private readonly Counter<long> _loginFailures;
    private readonly Counter<long> _messagesAccepted;
    private readonly Counter<long> _messagesDelivered;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _protocolErrors;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _logBytes;
    private readonly Histogram<double> _commitSeconds;
    private readonly Counter<long> _ignoredFrames;
    private readonly Counter<long> _slowReaders;
    private readonly Counter<long> _connectionsRefused;

    public ServerMetrics()
    {
        _connections = _meter.CreateUpDownCounter<long>("chat.connections", "{connection}", "Open connections, logged in or not");
        _sessions = _meter.CreateUpDownCounter<long>("chat.sessions", "{session}", "Logged-in devices");
        _logins = _meter.CreateCounter<long>("chat.logins", "{login}", "Hellos answered by Welcome");
        _loginFailures = _meter.CreateCounter<long>("chat.login.failures", "{login}", "Hellos refused, by code");
        _messagesAccepted = _meter.CreateCounter<long>("chat.messages.accepted", "{message}", "Sends that were given a sequence");
        _messagesDelivered = _meter.CreateCounter<long>("chat.messages.delivered", "{message}", "Entries pushed to devices, repeats included");
        _refusals = _meter.CreateCounter<long>("chat.refusals", "{request}", "Requests answered by Error, by code");
        _protocolErrors = _meter.CreateCounter<long>("chat.protocol.errors", "{connection}", "Connections closed for what they sent, by code");
        _batches = _meter.CreateCounter<long>("chat.log.batches", "{batch}", "Batches appended to the commit log");
        _commits = _meter.CreateCounter<long>("chat.log.commits", "{commit}", "Commits of the log to disk");
        _logBytes = _meter.CreateCounter<long>("chat.log.bytes", "By", "Bytes appended to the commit log");
        _commitSeconds = _meter.CreateHistogram<double>("chat.log.commit.duration", "s", "Time of one commit");
        _ignoredFrames = _meter.CreateCounter<long>("chat.frames.ignored", "{frame}", "Frames of unknown, ignorable kinds");
        _slowReaders = _meter.CreateCounter<long>("chat.readers.slow", "{connection}", "Connections closed because they did not read");
        _connectionsRefused = _meter.CreateCounter<long>("chat.connections.refused", "{connection}", "Connections closed at accept, by reason");
    }

    /// <summary>What is read whenever somebody looks. Once; the functions are called by any thread.</summary>
    public void Observe(Func<long> waiting, Func<long> expired, Func<long> unaccounted, Func<long> logDiskBytes, Func<long> coldDiskBytes)
    {
        _meter.CreateObservableGauge("chat.messages.waiting", waiting, "{message}", "Entries that some device has still to get");
        _meter.CreateObservableCounter("chat.messages.expired", expired, "{message}", "Entries given up before any device had them");
        _meter.CreateObservableGauge("chat.messages.unaccounted", unaccounted, "{message}", "Messages that are neither delivered nor waiting nor expired nor refused");
        _meter.CreateObservableGauge("chat.log.disk", logDiskBytes, "By", "What the log takes up on disk");
        _meter.CreateObservableGauge("chat.cold.disk", coldDiskBytes, "By", "What cold files take up on disk");
    }

    public void ConnectionOpened() => _connections.Add(1);

    public void ConnectionClosed() => _connections.Add(-1);

    public void SessionOpened() => _sessions.Add(1);

    public void SessionClosed() => _sessions.Add(-1);

    public void LoggedIn() => _logins.Add(1);

    public void LoginFailed(ErrorCode code) => _loginFailures.Add(1, Tag(code));

    public void MessagesAccepted(long count) => _messagesAccepted.Add(count);

    public void MessagesDelivered(long count) => _messagesDelivered.Add(count);

    public void Refused(ErrorCode code) => _refusals.Add(1, Tag(code));

    public void ProtocolError(ErrorCode code) => _protocolErrors.Add(1, Tag(code));

    public void BatchAppended(long bytes)
    {
        _batches.Add(1);
        _logBytes.Add(bytes);
    }

    public void Committed(TimeSpan duration)
    {
        _commits.Add(1);
        _commitSeconds.Record(duration.TotalSeconds);
    }

    public void FrameIgnored() => _ignoredFrames.Add(1);

    public void SlowReaderClosed() => _slowReaders.Add(1);

    /// <summary>A reason is one of a few words of ours: it becomes a tag.</summary>
    public void ConnectionRefused(string reason) => _connectionsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();

    // The names are made once: a refusal must not allocate on the path that a flood takes.
    private static KeyValuePair<string, object?> Tag(ErrorCode code) =>
        new("code", CodeNames.TryGetValue(code, out var name) ? name : "Unknown");
}
