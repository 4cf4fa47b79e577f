using System.Text;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Client;

/// <summary>The whole client against a server in the test's hands: what it sends, hands on, acknowledges, and repeats.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ChatClientTests : IDisposable
{
    private static readonly UserId Bob = UserId.Parse("bob");

    private readonly FakeServer _server = new();

    public void Dispose() => _server.Dispose();

    [Test]
    public async Task A_send_returns_when_the_server_has_promised_it()
    {
        await using var client = new ChatClient(_server.Options);
        using var peer = await ConnectAsync(client);
        var sending = client.SendAsync(Bob, "hello"u8.ToArray());
        var send = await peer.ExpectSendAsync(1, "hello");
        Assert.That(sending.IsCompleted, Is.False);
        await peer.SentAsync(send, sequence: 12);
        var sent = await sending;
        Assert.That((sent.Conversation.User, sent.SendNumber, sent.Sequence, sent.Durability, sent.Duplicate), Is.EqualTo((Bob, 1UL, 12UL, Durability.Disk, false)));
        Assert.That(sent.ServerTime, Is.EqualTo(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000)));
    }

    [Test]
    public async Task Sends_made_offline_go_in_the_order_of_the_calls()
    {
        await using var client = new ChatClient(_server.Options);
        var sending = Enumerable.Range(1, 100).Select(i => client.SendAsync(Bob, Bytes($"{i}"))).ToList();
        using var peer = await ConnectAsync(client);
        for (ulong i = 1; i <= 100; i++) await peer.SentAsync(await peer.ExpectSendAsync(i, $"{i}"));
        Assert.That((await Task.WhenAll(sending)).Select(sent => sent.SendNumber), Is.Ordered.And.Unique);
    }

    [Test]
    public async Task What_has_no_answer_goes_again_under_its_number_after_a_reconnect()
    {
        await using var client = new ChatClient(_server.Options);
        Task<SentMessage> first, second, third;
        using (var peer = await ConnectAsync(client))
        {
            (first, second, third) = (client.SendAsync(Bob, Bytes("a")), client.SendAsync(Bob, Bytes("b")), client.SendAsync(Bob, Bytes("c")));
            await peer.SentAsync(await peer.ExpectSendAsync(1, "a"));
            await peer.ExpectSendAsync(2, "b");
            await first;
        }

        using var again = await _server.WelcomeAsync(lastSendNumber: 2);
        await again.SentAsync(await again.ExpectSendAsync(2, "b"));
        await again.SentAsync(await again.ExpectSendAsync(3, "c"));
        Assert.That(((await second).SendNumber, (await third).SendNumber), Is.EqualTo((2UL, 3UL)));
    }

    [Test]
    public async Task A_refused_send_is_an_exception_and_the_next_goes_on()
    {
        await using var client = new ChatClient(_server.Options);
        using var peer = await ConnectAsync(client);
        var (refused, next) = (client.SendAsync(UserId.Parse("nobody"), Bytes("a")), client.SendAsync(Bob, Bytes("b")));
        await peer.ExpectSendAsync(1, "a");
        await peer.RefuseAsync(ErrorCode.UnknownRecipient, sendNumber: 1);
        await peer.SentAsync(await peer.ExpectSendAsync(2, "b"));
        Assert.That(async () => await refused, Throws.InstanceOf<ChatRefusedException>().With.Property("Code").EqualTo(ErrorCode.UnknownRecipient));
        Assert.That((await next).SendNumber, Is.EqualTo(2));
    }

    [Test]
    public async Task A_busy_server_gets_the_same_number_again()
    {
        await using var client = new ChatClient(_server.Options);
        using var peer = await ConnectAsync(client);
        var sending = client.SendAsync(Bob, Bytes("a"));
        await peer.ExpectSendAsync(1, "a");
        await peer.RefuseAsync(ErrorCode.Busy, sendNumber: 1, retryAfterMs: 1);
        await peer.SentAsync(await peer.ExpectSendAsync(1, "a"));
        Assert.That((await sending).SendNumber, Is.EqualTo(1));
    }

    [Test]
    public async Task A_send_that_has_not_begun_can_be_taken_back()
    {
        await using var client = new ChatClient(_server.Options);
        using var cancel = new CancellationTokenSource();
        var withdrawn = client.SendAsync(Bob, Bytes("a"), cancel.Token);
        var kept = client.SendAsync(Bob, Bytes("b"));
        await cancel.CancelAsync();
        Assert.That(async () => await withdrawn, Throws.InstanceOf<OperationCanceledException>());
        using var peer = await ConnectAsync(client);
        await peer.SentAsync(await peer.ExpectSendAsync(1, "b"));
        await kept;
    }

    [Test]
    public async Task A_next_run_learns_what_became_of_the_sends_of_the_last()
    {
        var store = new MemoryClientStore();
        await using (var client = new ChatClient(_server.Options with { Store = store }))
        {
            using var peer = await ConnectAsync(client);
            var lost = client.SendAsync(Bob, Bytes("a"));
            await peer.ExpectSendAsync(1, "a");
            await client.DisposeAsync(); // before the connection ends, or it would already be trying another
            Assert.That(async () => await lost, Throws.InstanceOf<ChatStoppedException>());
        }

        await using var next = new ChatClient(_server.Options with { Store = store });
        var recovered = next.RecoveredSends.Single();
        Assert.That((recovered.Conversation.User, recovered.SendNumber), Is.EqualTo((Bob, 1UL)));
        using var again = await ConnectAsync(next);
        Assert.That(again.Hello.Settled, Is.Zero);
        await again.SentAsync(await again.ExpectSendAsync(1, "a"));
        Assert.That((await recovered.Answer).SendNumber, Is.EqualTo(1));
    }

    [Test]
    public async Task A_message_is_acknowledged_after_the_application_has_it_and_the_store_too()
    {
        var store = new MemoryClientStore();
        await using var client = new ChatClient(_server.Options with { Store = store });
        using var peer = await ConnectAsync(client);
        await peer.PushAsync("bob", 4, "hello", previous: 3);
        var message = await NextAsync(client);
        Assert.That((message.Conversation.User, message.Sender, message.Sequence, Text(message)), Is.EqualTo((Bob, Bob, 4UL, "hello")));
        client.Acknowledge(message);
        Assert.That(Items(await peer.ExpectAsync<ReceiptFrame>()), Is.EqualTo(new[] { ("bob", 4UL, 0UL) }));
        Assert.That(store.Load().Cursors.Single().DeliveredUpTo, Is.EqualTo(4));
        client.MarkRead(Bob, 4);
        Assert.That(Items(await peer.ExpectAsync<ReceiptFrame>()), Is.EqualTo(new[] { ("bob", 4UL, 4UL) }));
    }

    [Test]
    public async Task In_automatic_mode_asking_for_the_next_acknowledges()
    {
        await using var client = new ChatClient(_server.Options with { AcknowledgeMode = AcknowledgeMode.Automatic });
        using var peer = await ConnectAsync(client);
        await peer.PushAsync("bob", 1, "a");
        await using var received = client.ReceiveAsync().GetAsyncEnumerator();
        await received.MoveNextAsync();
        var next = received.MoveNextAsync();
        Assert.That(Items(await peer.ExpectAsync<ReceiptFrame>()), Is.EqualTo(new[] { ("bob", 1UL, 0UL) }));
        await peer.PushAsync("bob", 2, "b");
        await next;
        Assert.That(received.Current.Sequence, Is.EqualTo(2));
    }

    [Test]
    public async Task What_is_pushed_again_after_a_reconnect_is_handed_on_once()
    {
        await using var client = new ChatClient(_server.Options);
        using (var peer = await ConnectAsync(client))
        {
            for (ulong i = 1; i <= 3; i++) await peer.PushAsync("bob", i, $"{i}");
            for (ulong i = 1; i <= 3; i++) Assert.That(Text(await NextAsync(client)), Is.EqualTo($"{i}"));
        }

        using var again = await _server.WelcomeAsync();
        for (ulong i = 1; i <= 4; i++) await again.PushAsync("bob", i, $"{i}");
        Assert.That(Text(await NextAsync(client)), Is.EqualTo("4"));
    }

    [Test]
    public async Task A_slow_application_survives_a_reconnect_with_a_full_window()
    {
        await using var client = new ChatClient(_server.Options with { WindowMessages = 3 });
        using (var peer = await ConnectAsync(client))
            for (ulong i = 1; i <= 3; i++) await peer.PushAsync("bob", i, $"{i}");
        using var again = await _server.WelcomeAsync();
        for (ulong i = 1; i <= 3; i++) await again.PushAsync("bob", i, $"{i}");
        await again.WriteAsync(new CaughtUpFrame { Pushed = 3 });
        await FirstAsync(client, ConnectionState.CaughtUp);
        for (ulong i = 1; i <= 3; i++) Assert.That(Text(await NextAsync(client)), Is.EqualTo($"{i}"));
    }

    [Test]
    public async Task A_missing_message_makes_the_client_log_in_again()
    {
        await using var client = new ChatClient(_server.Options);
        using var peer = await ConnectAsync(client);
        await peer.PushAsync("bob", 1, "a");
        await peer.PushAsync("bob", 3, "c", previous: 2);
        using var again = await _server.WelcomeAsync();
        await again.PushAsync("bob", 1, "a");
        await again.PushAsync("bob", 2, "b");
        Assert.That((Text(await NextAsync(client)), Text(await NextAsync(client))), Is.EqualTo(("a", "b")));
    }

    [Test]
    public async Task Marks_reach_the_application_and_their_version_the_server()
    {
        await using var client = new ChatClient(_server.Options);
        using var peer = await ConnectAsync(client);
        await peer.MarkAsync(version: 8, with: "bob", delivered: 5, read: 2);
        await using var marks = client.MarksAsync().GetAsyncEnumerator();
        await marks.MoveNextAsync();
        Assert.That((marks.Current.User, marks.Current.DeliveredUpTo, marks.Current.ReadUpTo), Is.EqualTo((Bob, 5UL, 2UL)));
        var next = marks.MoveNextAsync();
        Assert.That((await peer.ExpectAsync<ReceiptFrame>()).MarksVersion, Is.EqualTo(8));
        await client.DisposeAsync();
        Assert.That(await next, Is.False);
    }

    [Test]
    public async Task A_goodbye_says_what_was_acknowledged()
    {
        var client = new ChatClient(_server.Options);
        using var peer = await ConnectAsync(client);
        await peer.PushAsync("bob", 1, "a");
        var message = await NextAsync(client);
        client.Acknowledge(message);
        var closing = client.DisposeAsync();
        Assert.That(Items(await peer.ExpectAsync<ReceiptFrame>()), Is.EqualTo(new[] { ("bob", 1UL, 0UL) }));
        await peer.ExpectEndAsync();
        peer.Dispose();
        await closing;
        Assert.DoesNotThrow(() => client.Acknowledge(message), "too late has no effect");
        Assert.That(await client.ReceiveAsync().GetAsyncEnumerator().MoveNextAsync(), Is.False);
    }

    [Test]
    public async Task Another_history_begins_anew()
    {
        await using var client = new ChatClient(_server.Options);
        using (var peer = await ConnectAsync(client))
        {
            await peer.PushAsync("bob", 5, "old", previous: 4);
            client.Acknowledge(await NextAsync(client));
            await peer.ExpectAsync<ReceiptFrame>();
        }

        using var again = await _server.AcceptAsync();
        await again.WelcomeAsync(history: new byte[ProtocolLimits.HistoryBytes]);
        await again.PushAsync("bob", 1, "new");
        Assert.That(Text(await NextAsync(client)), Is.EqualTo("new"));
    }

    [Test]
    public async Task A_store_that_fails_ends_the_client_before_anything_is_promised()
    {
        var path = Directory.CreateTempSubdirectory("chatserver-store-").FullName;
        try
        {
            var store = new FileClientStore(path);
            await using var client = new ChatClient(_server.Options with { Store = store });
            using var peer = await ConnectAsync(client);

            // As a disk that is gone: every write to the file fails from here on.
            store.Dispose();
            Assert.That(() => client.SendAsync(Bob, Bytes("a")), Throws.InstanceOf<ObjectDisposedException>());
            Assert.That((await FirstAsync(client, ConnectionState.Stopped)).Code, Is.EqualTo(ErrorCode.None));
            await peer.ExpectEndAsync();
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private async Task<FakePeer> ConnectAsync(ChatClient client)
    {
        var connecting = client.ConnectAsync();
        var peer = await _server.WelcomeAsync();
        await connecting;
        return peer;
    }

    private static async Task<ReceivedMessage> NextAsync(ChatClient client)
    {
        using var patience = new CancellationTokenSource(FakeServer.Patience);
        await foreach (var message in client.ReceiveAsync(patience.Token)) return message;
        throw new AssertionException("The client ended where a message was expected");
    }

    private static async Task<ConnectionChange> FirstAsync(ChatClient client, ConnectionState state)
    {
        using var patience = new CancellationTokenSource(FakeServer.Patience);
        await foreach (var change in client.ConnectionChangesAsync(patience.Token))
            if (change.State == state) return change;
        throw new AssertionException($"The client ended without being {state}");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReceivedMessage message) => Encoding.UTF8.GetString(message.Payload.Span);

    private static (string With, ulong Delivered, ulong Read)[] Items(ReceiptFrame receipt) =>
        [.. receipt.Items.ToArray().Select(item => (item.Conversation.User.Value, item.DeliveredUpTo, item.ReadUpTo))];
}
