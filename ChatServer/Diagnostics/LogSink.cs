using System.Globalization;
using System.Text;

namespace ChatServer.Diagnostics;

/// <summary>
/// Writes lines to a text writer on a thread of its own, so that a terminal that was stopped, or a pipe that nobody reads,
/// never stops a loop. Lines that find the queue full are dropped and counted. Any thread may write.
/// </summary>
internal sealed class LogSink : IDisposable
{
    /// <summary>Lines that wait for the writer; the next are dropped, and the number told in a line when there is room again.</summary>
    public const int QueuedLines = 1_000;

    /// <summary>Characters of one value; the rest is cut. A client must not choose how long a line is.</summary>
    public const int ValueCharacters = 4_000;

    private readonly TextWriter _output;
    private readonly TimeProvider _clock;
    private readonly Queue<string> _queue = new();
    private readonly Thread _thread;
    private long _dropped;
    private bool _stopping;

    public LogSink(TextWriter output, TimeProvider clock, LogLevel lowest = LogLevel.Info)
    {
        _output = output;
        _clock = clock;
        Lowest = lowest;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Events below this level are not written.</summary>
    public LogLevel Lowest { get; set; }

    /// <summary>Queues one line: time, level, id, name, then key=value pairs.</summary>
    public void Write(LogEvent kind, params ReadOnlySpan<(string Key, object? Value)> values)
    {
        var now = _clock.GetUtcNow();
        if (kind.Level < Lowest || !kind.TryAdmit(now, out var suppressed)) return;
        var line = new StringBuilder(160);
        line.Append(CultureInfo.InvariantCulture, $"{now:yyyy-MM-ddTHH:mm:ss.fffZ} {Label(kind.Level)} {kind.Id} {kind.Name}");
        foreach (var (key, value) in values) Append(line, key, value);
        if (suppressed > 0) Append(line, "suppressed", suppressed);
        lock (_queue)
        {
            if (_stopping || _queue.Count == QueuedLines)
            {
                _dropped++;
                return;
            }

            _queue.Enqueue(line.ToString());
            Monitor.Pulse(_queue);
        }
    }

    /// <summary>Writes what is queued, and ends the thread; gives up when the output does not take it in time.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _stopping = true;
            Monitor.Pulse(_queue);
        }

        // A terminal that was stopped must not keep the process alive.
        _thread.Join(TimeSpan.FromSeconds(2));
    }

    private static string Label(LogLevel level) => level switch
    {
        LogLevel.Debug => "debug",
        LogLevel.Info => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private static void Append(StringBuilder line, string key, object? value)
    {
        var text = value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "";
        line.Append(' ').Append(key).Append('=');
        var cut = text.Length > ValueCharacters;
        if (cut) text = text[..ValueCharacters];
        // What came from outside must not look like another line, or like another key.
        if (text.Length > 0 && text.All(c => c is > ' ' and < (char)127 and not '"' and not '=' and not '\\'))
        {
            line.Append(text);
        }
        else
        {
            line.Append('"');
            foreach (var c in text) AppendEscaped(line, c);
            line.Append('"');
        }

        if (cut) line.Append('…');
    }

    private static void AppendEscaped(StringBuilder line, char c)
    {
        if (c is '"' or '\\') line.Append('\\').Append(c);
        else if (c == '\n') line.Append("\\n");
        else if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029') line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        else line.Append(c);
    }

    private void Run()
    {
        while (true)
        {
            string[] lines;
            long dropped;
            bool last;
            lock (_queue)
            {
                while (_queue.Count == 0 && !_stopping) Monitor.Wait(_queue);
                lines = [.. _queue];
                _queue.Clear();
                (dropped, _dropped) = (_dropped, 0);
                last = _stopping;
            }

            if (!TryWrite(lines, dropped) || last) return;
        }
    }

    private bool TryWrite(string[] lines, long dropped)
    {
        try
        {
            foreach (var line in lines) _output.WriteLine(line);
            if (dropped > 0) _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"log: {dropped} lines were dropped"));
            _output.Flush();
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody reads the log any more (a closed pipe), and there is nowhere else to say so. The server goes on without.
            return false;
        }
    }
}
