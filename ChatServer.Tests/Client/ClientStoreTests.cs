using ChatServer.Protocol.Client;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Client;

/// <summary>The stores: what was kept is there again, whatever the end of the file has met.</summary>
internal sealed class ClientStoreTests
{
    private static readonly WireConversation Bob = WireConversation.Direct(UserId.Parse("bob"));

    private string _path = "";

    private string StatePath => Path.Combine(_path, "state");

    [SetUp]
    public void MakePath() => _path = Directory.CreateTempSubdirectory("chatserver-store-").FullName;

    [TearDown]
    public void RemovePath() => Directory.Delete(_path, recursive: true);

    [Test]
    public void A_new_store_is_empty()
    {
        using var memory = new MemoryClientStore();
        Assert.That(Text(memory.Load()), Is.EqualTo("token  history  attempt 0/0 last 0 settled 0 marks 0"));
        using var file = new FileClientStore(_path);
        Assert.That(Text(file.Load()), Is.EqualTo(Text(memory.Load())));
    }

    [Test]
    public void What_was_kept_is_there_after_the_process_has_ended()
    {
        using var store = new FileClientStore(_path);
        Keep(store);
        var expected = Text(store.Load());
        Assert.That(expected, Is.EqualTo("token AA history 0B attempt 9/2 last 3 settled 1 marks 6 | 2 bob 02 | 3 bob  | bob 5/4"));

        // As after kill -9: the file as it is without a flush, and nobody to close it.
        var copy = Path.Combine(_path, "copy");
        Directory.CreateDirectory(copy);
        using (var open = new FileStream(StatePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        using (var copied = File.Create(Path.Combine(copy, "state")))
            open.CopyTo(copied);
        using var again = new FileClientStore(copy);
        Assert.That(Text(again.Load()), Is.EqualTo(expected));
    }

    [Test]
    public void Another_history_forgets_cursors_and_marks_and_nothing_else()
    {
        using var store = new FileClientStore(_path);
        Keep(store);
        store.KeepHistory([12]);
        Assert.That(Text(store.Load()), Is.EqualTo("token AA history 0C attempt 9/2 last 3 settled 1 marks 0 | 2 bob 02 | 3 bob "));
    }

    [Test]
    public void A_torn_or_damaged_end_loses_the_last_record_alone()
    {
        string before;
        int whole;
        using (var store = new FileClientStore(_path))
        {
            Keep(store);
            before = Text(store.Load());
            whole = (int)new FileInfo(StatePath).Length;
            store.KeepSend(new StoredSend(4, Bob, new byte[] { 1, 2, 3 }));
        }

        var file = File.ReadAllBytes(StatePath);
        for (var length = whole; length < file.Length; length++)
        {
            File.WriteAllBytes(StatePath, file[..length]);
            Reopen(before, $"torn at {length}");
            File.WriteAllBytes(StatePath, [.. file[..length], (byte)~file[length], .. file[(length + 1)..]]);
            Reopen(before, $"damaged at {length}");
        }
    }

    [Test]
    public void What_follows_a_torn_record_is_kept_again()
    {
        using (var store = new FileClientStore(_path)) Keep(store);
        using (var file = new FileStream(StatePath, FileMode.Append)) file.Write([0, 0, 0, 20, 1, 2]);
        using (var store = new FileClientStore(_path)) store.KeepAnswer(2);
        using var again = new FileClientStore(_path);
        Assert.That(again.Load().UnansweredSends.Select(send => send.SendNumber), Is.EqualTo(new[] { 3UL }));
    }

    [Test]
    public void A_file_is_written_anew_when_most_of_it_is_outdated()
    {
        var payload = new byte[ProtocolLimits.PayloadBytes];
        string before;
        using (var store = new FileClientStore(_path))
        {
            Keep(store);
            store.KeepSend(new StoredSend(4, Bob, payload));
            for (ulong number = 5; number < 100; number++)
            {
                store.KeepSend(new StoredSend(number, Bob, payload));
                store.KeepAnswer(number);
            }

            before = Text(store.Load());
            Assert.That(new FileInfo(StatePath).Length, Is.GreaterThan(1_500_000));
            store.Flush();
            Assert.That(new FileInfo(StatePath).Length, Is.LessThan(20_000));
            Assert.That(Text(store.Load()), Is.EqualTo(before));
            store.KeepAnswer(4);
        }

        using var again = new FileClientStore(_path);
        Assert.That(again.Load().UnansweredSends.Select(send => send.SendNumber), Is.EqualTo(new[] { 2UL, 3UL }));
        Assert.That((again.Load().LastSendNumber, again.Load().MarksVersion), Is.EqualTo((99UL, 6UL)));
    }

    [Test]
    public void A_crash_while_the_file_is_written_anew_leaves_the_old_one()
    {
        string before;
        using (var store = new FileClientStore(_path))
        {
            Keep(store);
            before = Text(store.Load());
        }

        File.WriteAllBytes(StatePath + ".new", [1, 2, 3]);
        Reopen(before, "beside half a file");
    }

    [Test]
    public void A_store_is_open_once_at_a_time()
    {
        using (var store = new FileClientStore(_path)) Assert.Throws<IOException>(() => new FileClientStore(_path).Dispose());
        Assert.DoesNotThrow(() => new FileClientStore(_path).Dispose());
    }

    [Test]
    public void Another_file_is_refused_and_left_as_it_is()
    {
        File.WriteAllText(StatePath, "dear diary, ");
        Assert.Throws<InvalidDataException>(() => new FileClientStore(_path).Dispose());
        Assert.That(File.ReadAllText(StatePath), Is.EqualTo("dear diary, "));
    }

    [Test]
    public void Nobody_else_may_read_the_token()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("Windows has no file modes");
            return;
        }

        var path = Path.Combine(_path, "new");
        using var store = new FileClientStore(path);
        store.KeepToken([1]);
        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.That(File.GetUnixFileMode(Path.Combine(path, "state")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    /// <summary>Against a model: after any number of whole records and a torn one, the state is that of the whole ones.</summary>
    [Test]
    public void A_file_that_ends_anywhere_is_a_state_that_was()
    {
        var seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var states = new List<(long Length, string Text)>();
        using (var store = new FileClientStore(_path))
        {
            for (var i = 0; i < 300; i++)
            {
                states.Add((new FileInfo(StatePath).Length, Text(store.Load())));
                KeepAnything(store, random);
            }

            states.Add((new FileInfo(StatePath).Length, Text(store.Load())));
        }

        var file = File.ReadAllBytes(StatePath);
        for (var i = 0; i < 100; i++)
        {
            var length = random.Next((int)states[0].Length, file.Length + 1);
            File.WriteAllBytes(StatePath, file[..length]);
            Reopen(states.Last(state => state.Length <= length).Text, $"torn at {length}, seed {seed}");
        }
    }

    private static void Keep(FileClientStore store)
    {
        store.KeepToken([0xAA]);
        store.KeepHistory([11]);
        store.KeepAttempt(9, 2);
        for (ulong number = 1; number <= 3; number++) store.KeepSend(new StoredSend(number, Bob, number == 3 ? default : new[] { (byte)number }));
        store.KeepAnswer(1);
        store.KeepCursors(new StoredCursors(Bob, 5, 4));
        store.KeepMarksVersion(6);
    }

    private static void KeepAnything(FileClientStore store, Random random)
    {
        var number = (ulong)random.Next(1, 20);
        var bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        var conversation = random.Next(4) == 0 ? WireConversation.OfGroup(number) : WireConversation.Direct(UserId.Parse($"user{number}"));
        switch (random.Next(7))
        {
            case 0: store.KeepToken(bytes); break;
            case 1: store.KeepHistory(bytes); break;
            case 2: store.KeepAttempt(number, (uint)number); break;
            case 3: store.KeepSend(new StoredSend(number, conversation, bytes)); break;
            case 4: store.KeepAnswer(number); break;
            case 5: store.KeepCursors(new StoredCursors(conversation, number, number / 2)); break;
            default: store.KeepMarksVersion(number); break;
        }

        if (random.Next(10) == 0) store.Flush();
    }

    private void Reopen(string expected, string why)
    {
        using var store = new FileClientStore(_path);
        Assert.That(Text(store.Load()), Is.EqualTo(expected), why);
    }

    private static string Text(StoredState state) => string.Join(
        " | ",
        [
            $"token {Hex(state.Token)} history {Hex(state.History)} attempt {state.Instance}/{state.Attempt} last {state.LastSendNumber} settled {state.Settled} marks {state.MarksVersion}",
            .. state.UnansweredSends.Select(send => $"{send.SendNumber} {send.Conversation} {Hex(send.Payload)}"),
            .. state.Cursors.Select(cursors => $"{cursors.Conversation} {cursors.DeliveredUpTo}/{cursors.ReadUpTo}").Order(StringComparer.Ordinal),
        ]);

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);
}
