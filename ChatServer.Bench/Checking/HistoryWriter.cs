using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatServer.Bench.Checking;

/// <summary>Writes events as lines of JSON, in the order in which they come. Any thread; a line reaches the file when 64 KiB are full, or at the end.</summary>
public sealed class HistoryWriter : IDisposable
{
    private const int BufferBytes = 64 * 1_024;

    // Names are quoted as they are: the file is for programs and people, not for a web page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly HistoryNames _names;
    private readonly ArrayBufferWriter<byte> _buffer = new(BufferBytes + 4_096);
    private readonly Utf8JsonWriter _json;

    /// <param name="stream">Where to; it is closed at the end.</param>
    /// <param name="names">Of all that events name.</param>
    public HistoryWriter(Stream stream, HistoryNames names)
    {
        _stream = stream;
        _names = names;
        _json = new Utf8JsonWriter(_buffer, Options);
    }

    public void Write(in HistoryEvent e)
    {
        lock (_gate)
        {
            var grammar = HistoryGrammar.Of(e.Kind);
            _json.Reset();
            _json.WriteStartObject();
            _json.WriteString("kind"u8, grammar.NameBytes);
            foreach (var field in grammar.Ordered) Write(field, e);
            _json.WriteEndObject();
            _json.Flush();
            _buffer.Write("\n"u8);
            if (_buffer.WrittenCount >= BufferBytes) Flush();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Flush();
            _json.Dispose();
            _stream.Dispose();
        }
    }

    private void Flush()
    {
        _stream.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    private void Write(HistoryField field, in HistoryEvent e)
    {
        var name = HistoryGrammar.NameOf(field);
        switch (field)
        {
            case HistoryField.Session: _json.WriteNumber(name, e.Session); break;
            case HistoryField.Device: _json.WriteString(name, _names.NameOfDevice(e.Device)); break;
            case HistoryField.Number: _json.WriteNumber(name, e.Number); break;
            case HistoryField.Conversation: _json.WriteString(name, _names.NameOfConversation(e.Conversation)); break;
            case HistoryField.Hash: WriteHash(name, e.Hash); break;
            case HistoryField.Sequence: _json.WriteNumber(name, e.Sequence); break;
            case HistoryField.Previous: _json.WriteNumber(name, e.Previous); break;
            case HistoryField.Sender: _json.WriteString(name, _names.NameOfDevice(e.Sender)); break;
            case HistoryField.Time: _json.WriteNumber(name, e.Time); break;
            case HistoryField.Durability: _json.WriteNumber(name, (byte)e.Durability); break;
            case HistoryField.IsKept: _json.WriteBoolean(name, e.IsKept); break;
            case HistoryField.Code: _json.WriteNumber(name, (ushort)e.Code); break;
            case HistoryField.User: _json.WriteString(name, _names.NameOfUser(e.User)); break;
            case HistoryField.DeliveredUpTo: _json.WriteNumber(name, e.DeliveredUpTo); break;
            case HistoryField.ReadUpTo: _json.WriteNumber(name, e.ReadUpTo); break;
            case HistoryField.IsDueAll: _json.WriteBoolean(name, e.IsDueAll); break;
            case HistoryField.Name: _json.WriteString(name, _names.NameOfLabel(e.Name)); break;
            case HistoryField.Value: _json.WriteNumber(name, e.Value); break;
            case HistoryField.Limit: _json.WriteNumber(name, e.Limit); break;
            default: throw new InvalidOperationException($"{field} has no form");
        }
    }

    private void WriteHash(ReadOnlySpan<byte> name, ulong hash)
    {
        Span<char> digits = stackalloc char[HistoryGrammar.HashDigits];
        hash.TryFormat(digits, out _, "x16", CultureInfo.InvariantCulture);
        _json.WriteString(name, digits);
    }
}
