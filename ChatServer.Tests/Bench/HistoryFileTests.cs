using System.Text;
using System.Text.RegularExpressions;
using ChatServer.Bench.Checking;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Acceptance;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary>A history on disk is the history that was judged, and a line that is not one is never passed over.</summary>
internal sealed partial class HistoryFileTests
{
    private const string Invoke = """{"kind":"invoke","device":"alice/phone","number":1,"conversation":"alice~bob","hash":"00000000000000ff"}""";

    [Test]
    public void Every_kind_survives_a_round_trip()
    {
        var history = EveryKind();
        Assert.That(history.Events.Select(e => e.Kind).Distinct(), Is.EquivalentTo(Enum.GetValues<HistoryKind>().Except([HistoryKind.None])), "the history has every kind");
        Assert.That(ReadBack(Written(history), new HistoryNames()), Is.EqualTo(history.Events));
    }

    [Test]
    public void The_largest_numbers_survive_a_round_trip()
    {
        var names = new HistoryNames();
        var device = names.Device("a", "b");
        HistoryEvent[] events =
        [
            HistoryEvent.Delivered(ulong.MaxValue, device, names.Conversation("\"quoted\" ä"), ulong.MaxValue, ulong.MaxValue, device, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, true),
            HistoryEvent.SessionEnded(ulong.MaxValue, device, (ErrorCode)ushort.MaxValue),
        ];
        using var stream = new MemoryStream();
        using (var writer = new HistoryWriter(stream, names))
        {
            foreach (var e in events) writer.Write(e);
        }

        Assert.That(ReadBack(Encoding.UTF8.GetString(stream.ToArray()), names), Is.EqualTo(events));
    }

    [TestCase("", "this is no line of JSON", Description = "an empty line")]
    [TestCase("nonsense", "this is no line of JSON")]
    [TestCase("[1]", "an object is expected")]
    [TestCase("""{"device":"alice/phone","kind":"removed"}""", "\"kind\" as the first field is expected")]
    [TestCase("""{"kind":"exploded"}""", "there is no kind \"exploded\"")]
    [TestCase("""{"kind":7}""", "\"kind\" is text")]
    [TestCase("""{"kind":"removed"}""", "\"device\" is expected as the next field of \"removed\"")]
    [TestCase("""{"kind":"removed","device":"alice/phone","why":"x"}""", "\"removed\" has a field more than it should")]
    [TestCase("""{"kind":"removed","device":"alice/phone"} {}""", "this is no line of JSON")]
    [TestCase("""{"kind":"removed","device":"alice"}""", "'alice' is not USER/DEVICE")]
    [TestCase("""{"kind":"removed","device":""}""", "\"device\" is not text of 1 to 512 bytes")]
    [TestCase("""{"kind":"unknown","device":"alice/phone","number":-1}""", "\"number\" is not a whole number from 0 to 2^64 - 1")]
    [TestCase("""{"kind":"unknown","device":"alice/phone","number":1.5}""", "\"number\" is not a whole number from 0 to 2^64 - 1")]
    [TestCase("""{"kind":"ended","session":1,"device":"alice/phone","code":65536}""", "\"code\" is not an error code")]
    [TestCase("""{"kind":"added","device":"alice/phone","dueAll":1}""", "\"dueAll\" is not true or false")]
    [TestCase("""{"kind":"invoke","device":"alice/phone","number":1,"conversation":"c","hash":"ff"}""", "\"hash\" is not 16 hexadecimal digits")]
    [TestCase("""{"kind":"ok","session":1,"device":"alice/phone","number":1,"conversation":"c","sequence":1,"time":0,"durability":4}""", "\"durability\" is not a durability")]
    public void A_broken_line_is_refused_with_its_number(string line, string why) =>
        Assert.That(() => ReadBack($"{Invoke}\n{line}\n", new HistoryNames()), Throws.TypeOf<HistoryFormatException>().With.Message.EqualTo($"h.jsonl:2: {why}"));

    [Test]
    public void A_line_without_an_end_is_refused() =>
        Assert.That(() => ReadBack($"{Invoke}\n{Invoke}", new HistoryNames()), Throws.TypeOf<HistoryFormatException>().With.Message.EqualTo("h.jsonl:2: the last line has no end"));

    [Test]
    public void A_line_that_is_too_long_is_refused() =>
        Assert.That(() => ReadBack($"{Invoke}\n{new string(' ', HistoryReader.LineBytes + 1)}\n", new HistoryNames()), Throws.TypeOf<HistoryFormatException>().With.Message.StartsWith("h.jsonl:2: a line of more than"));

    [Test]
    public void What_no_recording_can_say_is_refused_with_its_line()
    {
        var names = new HistoryNames();
        using var reader = Reader($$"""{{Invoke}}{{'\n'}}{"kind":"healed","name":"disk"}{{'\n'}}""", names);
        Assert.That(() => reader.Feed(new HistoryChecker(names)), Throws.TypeOf<HistoryFormatException>().With.Message.EqualTo("h.jsonl:2: the fault disk ends and did not begin"));
    }

    [Test]
    public async Task The_command_tells_clean_violated_and_unreadable_apart()
    {
        using var path = new DataPath();
        var file = path.File("history.jsonl");
        var history = new RecordedHistory().Exchange(new RecordedHistory().Phone, 1, 3, 1);
        await File.WriteAllTextAsync(file, Written(history));
        var (clean, _, _) = await Check(file);
        history.Invoke(history.Phone, 4).Ok(history.Phone, 4, 4);
        await File.WriteAllTextAsync(file, Written(history));
        var (violated, output, error) = await Check(file);
        await File.AppendAllTextAsync(file, "{}\n");
        var (unreadable, _, why) = await Check(file);
        Assert.That((clean, violated, unreadable), Is.EqualTo((0, 1, 2)));
        Assert.That(output, Does.Contain("4 sent, 4 promised, 9 kept").And.Contain("events/s"));
        Assert.That(error, Is.EqualTo($"P1, event {history.Events.Count}: alice/pad never got 4, send 4 of alice/phone to alice~bob, which was promised{Environment.NewLine}"));
        Assert.That(why, Does.Contain($"history.jsonl:{history.Events.Count + 1}: "));
        Assert.That((await Check(path.File("not-there"))).Code, Is.EqualTo(2));
    }

    [Test]
    public void The_page_has_every_kind_with_its_fields_in_order()
    {
        var rows = KindRow().Matches(Repository.Read("docs/HISTORY.md").Split("## Kinds")[1]).ToDictionary(
            row => row.Groups[1].Value, row => Quoted().Matches(row.Groups[2].Value).Select(field => field.Groups[1].Value).ToList());
        Assert.That(rows.Keys, Is.EquivalentTo(HistoryGrammar.All.Select(grammar => grammar.Name)));
        foreach (var grammar in HistoryGrammar.All) Assert.That(rows[grammar.Name], Is.EqualTo(grammar.Ordered.Select(HistoryGrammar.TextOf)), grammar.Name);
    }

    private static RecordedHistory EveryKind()
    {
        var history = new RecordedHistory();
        var (phone, bob) = (history.Phone, history.BobPhone);
        var (queue, fault) = (history.Names.Label("send queue"), history.Names.Label("disk full"));
        history.Exchange(phone, 1, 1, 1).Delivered(bob, 1, phone, 1, isKept: false).Take(HistoryEvent.Kept(bob, history.Pair, 1));
        history.Receipt(bob, 1, 1).Marks(phone, history.Bob, 1, 1).Invoke(phone, 2).Fail(phone, 2).Invoke(phone, 3).Take(HistoryEvent.Unknown(phone, 3));
        history.Take(HistoryEvent.DeviceRemoved(bob)).Take(HistoryEvent.DeviceAdded(bob, isDueAll: false)).Take(HistoryEvent.DeviceDetached(phone));
        history.Take(HistoryEvent.Heard(history.Sessions[phone], phone)).Take(HistoryEvent.Queue(queue, 3, 4)).Take(HistoryEvent.FaultBegan(fault)).Take(HistoryEvent.Crashed()).Take(HistoryEvent.Started());
        return history.Take(HistoryEvent.FaultHealed(fault)).Take(HistoryEvent.Deadline()).Open(phone, 2).Take(HistoryEvent.SessionEnded(history.Sessions[bob], bob, ErrorCode.Revoked));
    }

    private static string Written(RecordedHistory history)
    {
        using var stream = new MemoryStream();
        using (var writer = new HistoryWriter(stream, history.Names))
        {
            foreach (var e in history.Events) writer.Write(e);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static List<HistoryEvent> ReadBack(string text, HistoryNames names)
    {
        using var reader = Reader(text, names);
        var events = new List<HistoryEvent>();
        while (reader.TryRead(out var e)) events.Add(e);
        return events;
    }

    private static HistoryReader Reader(string text, HistoryNames names) => new(new MemoryStream(Encoding.UTF8.GetBytes(text)), "h.jsonl", names);

    private static async Task<(int Code, string Output, string Error)> Check(string file)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var parsed = CheckCommand.Create().Parse([file]);
        var code = await parsed.InvokeAsync(new() { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    [GeneratedRegex(@"^\| `(\w+)` \| ([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex KindRow();

    [GeneratedRegex("`(\\w+)`")]
    private static partial Regex Quoted();
}
