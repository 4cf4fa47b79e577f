using System.Globalization;
using System.Text.Json;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Checking;

/// <summary>
/// Reads lines of JSON as docs/HISTORY.md has them: every field, in its order, nothing else. What is not so is refused with the file
/// and the line, since a history of which a part was overlooked proves nothing.
/// </summary>
public sealed class HistoryReader : IDisposable
{
    /// <summary>The longest line, many times the longest that <see cref="HistoryWriter"/> makes.</summary>
    public const int LineBytes = 4_096;

    private const int NameChars = 512;

    private readonly Stream _stream;
    private readonly string _file;
    private readonly HistoryNames _names;
    private readonly char[] _name = new char[NameChars];
    private readonly byte[] _buffer = new byte[64 * 1_024];
    private int _start;
    private int _end;

    /// <param name="stream">Where from; it is closed at the end.</param>
    /// <param name="file">How errors name it.</param>
    /// <param name="names">Gets all names that are met.</param>
    public HistoryReader(Stream stream, string file, HistoryNames names)
    {
        _stream = stream;
        _file = file;
        _names = names;
    }

    /// <summary>The line that was read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Has a whole file judged.</summary>
    /// <exception cref="HistoryFormatException">It cannot be: file and line are said.</exception>
    public void Feed(HistoryChecker checker)
    {
        while (TryRead(out var e))
        {
            try
            {
                checker.Take(e);
            }
            catch (HistoryFormatException refused)
            {
                throw Refused(refused.Message);
            }
        }
    }

    /// <summary>The next event; false at the end of the file.</summary>
    /// <exception cref="HistoryFormatException">The next line is none: file and line are said.</exception>
    public bool TryRead(out HistoryEvent e)
    {
        e = default;
        if (!TryTakeLine(out var line)) return false;
        try
        {
            e = Parse(line);
            return true;
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw Refused(broken is JsonException ? "this is no line of JSON" : broken.Message);
        }
    }

    public void Dispose() => _stream.Dispose();

    private HistoryFormatException Refused(string why) => new(string.Create(CultureInfo.InvariantCulture, $"{_file}:{Line}: {why}"));

    private bool TryTakeLine(out ReadOnlySpan<byte> line)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n')) < 0)
        {
            if (_end - _start > LineBytes) throw LineTooLong();
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = _stream.Read(_buffer.AsSpan(_end));
            _end += read;
            if (read > 0) continue;
            line = default;
            if (_end == 0) return false;
            Line++;
            throw Refused("the last line has no end");
        }

        if (length > LineBytes) throw LineTooLong();
        line = _buffer.AsSpan(_start, length);
        _start += length + 1;
        Line++;
        return true;
    }

    private HistoryFormatException LineTooLong()
    {
        Line++;
        return Refused($"a line of more than {LineBytes} bytes");
    }

    private HistoryEvent Parse(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        Expect(json.Read() && json.TokenType == JsonTokenType.StartObject, "an object");
        Expect(json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("kind"u8), "\"kind\" as the first field");
        json.Read();
        var grammar = GrammarOf(ref json);
        var e = new HistoryEvent { Kind = grammar.Kind };
        foreach (var field in grammar.Ordered)
        {
            if (!json.Read() || json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals(HistoryGrammar.NameOf(field)))
                throw new FormatException($"\"{HistoryGrammar.TextOf(field)}\" is expected as the next field of \"{grammar.Name}\"");
            json.Read();
            e = Read(ref json, field, e);
        }

        if (!json.Read() || json.TokenType != JsonTokenType.EndObject) throw new FormatException($"\"{grammar.Name}\" has a field more than it should");
        Expect(!json.Read(), "nothing after the object");
        return e;
    }

    private static HistoryGrammar GrammarOf(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String) throw new FormatException("\"kind\" is text");
        foreach (var grammar in HistoryGrammar.All)
        {
            if (json.ValueTextEquals(grammar.NameBytes)) return grammar;
        }

        throw new FormatException($"there is no kind \"{json.GetString()}\"");
    }

    private HistoryEvent Read(ref Utf8JsonReader json, HistoryField field, in HistoryEvent e) => field switch
    {
        HistoryField.Session => e with { Session = Whole(ref json, field) },
        HistoryField.Device => e with { Device = _names.Device(Text(ref json, field)) },
        HistoryField.Number => e with { Number = Whole(ref json, field) },
        HistoryField.Conversation => e with { Conversation = _names.Conversation(Text(ref json, field)) },
        HistoryField.Hash => e with { Hash = Hash(ref json, field) },
        HistoryField.Sequence => e with { Sequence = Whole(ref json, field) },
        HistoryField.Previous => e with { Previous = Whole(ref json, field) },
        HistoryField.Sender => e with { Sender = _names.Device(Text(ref json, field)) },
        HistoryField.Time => e with { Time = Whole(ref json, field) },
        HistoryField.Durability => e with { Durability = Level(ref json, field) },
        HistoryField.IsKept => e with { IsKept = Truth(ref json, field) },
        HistoryField.Code => e with { Code = Code(ref json, field) },
        HistoryField.User => e with { User = _names.User(Text(ref json, field)) },
        HistoryField.DeliveredUpTo => e with { DeliveredUpTo = Whole(ref json, field) },
        HistoryField.ReadUpTo => e with { ReadUpTo = Whole(ref json, field) },
        HistoryField.IsDueAll => e with { IsDueAll = Truth(ref json, field) },
        HistoryField.Name => e with { Name = _names.Label(Text(ref json, field)) },
        HistoryField.Value => e with { Value = Whole(ref json, field) },
        HistoryField.Limit => e with { Limit = Whole(ref json, field) },
        _ => throw new InvalidOperationException($"{field} has no form"),
    };

    private static ulong Whole(ref Utf8JsonReader json, HistoryField field) =>
        json.TokenType == JsonTokenType.Number && json.TryGetUInt64(out var number) ? number : throw Not(field, "a whole number from 0 to 2^64 - 1");

    private static bool Truth(ref Utf8JsonReader json, HistoryField field) =>
        json.TokenType is JsonTokenType.True or JsonTokenType.False ? json.TokenType == JsonTokenType.True : throw Not(field, "true or false");

    private static Durability Level(ref Utf8JsonReader json, HistoryField field) =>
        Whole(ref json, field) is var level and <= (ulong)Durability.Replicated ? (Durability)level : throw Not(field, "a durability");

    private static ErrorCode Code(ref Utf8JsonReader json, HistoryField field) =>
        Whole(ref json, field) is var code and <= ushort.MaxValue ? (ErrorCode)code : throw Not(field, "an error code");

    private ReadOnlySpan<char> Text(ref Utf8JsonReader json, HistoryField field)
    {
        if (json.TokenType != JsonTokenType.String || json.ValueSpan.Length is 0 or > NameChars) throw Not(field, $"text of 1 to {NameChars} bytes");
        return _name.AsSpan(0, json.CopyString(_name));
    }

    private ulong Hash(ref Utf8JsonReader json, HistoryField field)
    {
        var digits = Text(ref json, field);
        return digits.Length == HistoryGrammar.HashDigits && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash)
            ? hash
            : throw Not(field, $"{HistoryGrammar.HashDigits} hexadecimal digits");
    }

    private static FormatException Not(HistoryField field, string what) => new($"\"{HistoryGrammar.TextOf(field)}\" is not {what}");

    private static void Expect(bool isThere, string what)
    {
        if (!isThere) throw new FormatException($"{what} is expected");
    }
}
