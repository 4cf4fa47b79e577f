using System.Text;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>
/// A few people who write, acknowledge, go and come back, with restarts and checkpoints between, decided by one seed; and what must be
/// true of everything that the server said to them.
/// </summary>
internal sealed class ShardScript
{
    private const int Users = 6;
    private const int SettleRounds = 60;
    private const int AwayFrom = 30;

    private readonly Random _random;
    private readonly ScriptedClient[] _clients = [.. Enumerable.Range(0, Users).Select(i => new ScriptedClient($"user{i}"))];
    private readonly Dictionary<string, (UserId From, UserId To)> _issued = [];
    private readonly Dictionary<(UserId, UserId), SortedDictionary<ulong, string>> _places = [];
    private readonly List<(UserId To, UserId From, ulong Sequence, string Text)> _acknowledged = [];
    private readonly int _payloadBytes;
    private readonly int _awayUntil;
    private ulong _sessions;
    private int _steps;

    /// <param name="seed">Decides everything.</param>
    /// <param name="payloadBytes">Most bytes of a message.</param>
    /// <param name="awayUntil">So many steps one of them, to whom the others write, does not come back.</param>
    public ShardScript(int seed, int payloadBytes, int awayUntil)
    {
        _random = new Random(seed);
        _payloadBytes = payloadBytes;
        _awayUntil = awayUntil;
    }

    /// <summary>Sends that were answered.</summary>
    public int Acknowledged => _acknowledged.Count;

    public IReadOnlyList<ScriptedClient> Clients => _clients;

    /// <summary>One operation; the server may have failed when it returns.</summary>
    public void Step(StoredShard shard)
    {
        var isAway = ++_steps is > AwayFrom && _steps <= _awayUntil;
        var client = _clients[_random.Next(isAway ? Users - 1 : Users)];
        if (isAway && _clients[^1].Session != 0) Disconnect(shard, _clients[^1]);
        if (client.Session == 0)
        {
            Connect(shard, client);
            return;
        }

        switch (_random.Next(20))
        {
            case < 11: Send(shard, client, 1 + _random.Next(3)); break;
            case < 16: Acknowledge(shard, client); break;
            case 16: Disconnect(shard, client); break;
            case 17: Hear(shard.Turn(partitions => partitions.Tick())); break;
            default:
                shard.ForgetBodies();
                Reconnect(shard, client);
                break;
        }
    }

    /// <summary>The server is gone, and with it every session.</summary>
    public void Disconnected()
    {
        foreach (var client in _clients) client.Session = 0;
    }

    /// <summary>Everybody comes back, has everything answered and takes all there is; then everything that was ever promised is compared.</summary>
    public void Settle(StoredShard shard)
    {
        for (var round = 0; round < SettleRounds; round++)
        {
            foreach (var client in _clients)
            {
                if (client.Session == 0) Connect(shard, client);
                AcknowledgeAll(shard, client);
            }

            Hear(shard.Turn(partitions => partitions.Tick()));
            if (shard.Failure is { } failure) throw failure;
            if (round > 2 && Array.TrueForAll(_clients, client => client.Open.Count == 0)) break;
        }

        foreach (var client in _clients) Assert.That(client.Open, Is.Empty, $"sends of {client.User} have no answer");
        foreach (var (to, from, sequence, text) in _acknowledged)
        {
            var there = ClientOf(to).Received.TryGetValue(from, out var received) && received.TryGetValue(sequence, out var came) ? came : null;
            Assert.That(there, Is.EqualTo(text), $"P1: entry {sequence} of {from} for {to}, which was acknowledged");
        }

        foreach (var (pair, places) in _places) Assert.That(places.Keys, Is.EqualTo(Enumerable.Range(1, places.Count).Select(i => (ulong)i)), $"P3: the order of {pair} has gaps");
    }

    /// <summary>What a server serves to everybody who comes to it, as text: the same bytes, or another text.</summary>
    public string Transcript(StoredShard shard)
    {
        var text = new StringBuilder();
        Disconnected();
        foreach (var client in _clients)
        {
            client.InSession.Clear();
            foreach (var spoken in Opened(shard, client))
            {
                var output = spoken.Output;
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{client.User} {output.Kind} {output.Code} {output.User} {output.First} {output.Second} {output.Third} {spoken.Sender} {spoken.SendNumber} {spoken.Text}\n");
                foreach (var mark in output.Marks.ToArray()) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  {mark}\n");
            }
        }

        if (shard.Failure is { } failure) throw failure;
        return text.ToString();
    }

    private void Connect(StoredShard shard, ScriptedClient client)
    {
        Hear(Opened(shard, client));
        if (client.Session == 0 || client.Open.Count == 0) return;
        Hear(shard.Turn(partitions =>
        {
            foreach (var (number, (to, text)) in client.Open) Submit(partitions, client, number, to, text);
        }));
    }

    private List<Said> Opened(StoredShard shard, ScriptedClient client)
    {
        client.Session = ++_sessions;
        client.InSession.Clear();
        return shard.Turn(partitions =>
        {
            var partition = partitions.Enter(client.Home = shard.Map.Of(client.User));
            var password = partition.PasswordOf(client.User);
            partition.Open(client.OpenRequest(client.Session, password is null, password?.Epoch ?? 0));
        });
    }

    private void Reconnect(StoredShard shard, ScriptedClient client)
    {
        Disconnect(shard, client);
        Connect(shard, client);
    }

    private void Disconnect(StoredShard shard, ScriptedClient client)
    {
        var session = client.Session;
        client.Session = 0;
        Hear(shard.Turn(partitions => partitions.Enter(client.Home = shard.Map.Of(client.User)).Close(session)));
    }

    private void Send(StoredShard shard, ScriptedClient client, int count)
    {
        var first = client.LastNumber + 1;
        for (; count > 0; count--)
        {
            var to = _clients[_random.Next(Users)] is var other && other != client ? other.User : _clients[(Array.IndexOf(_clients, client) + 1) % Users].User;
            var number = ++client.LastNumber;
            var text = $"{client.User} {number} {to} ".PadRight(_random.Next(_payloadBytes), '.');
            _issued.Add(text, (client.User, to));
            client.Open.Add(number, (to, text));
        }

        Hear(shard.Turn(partitions =>
        {
            foreach (var (number, (to, text)) in client.Open)
            {
                if (number >= first) Submit(partitions, client, number, to, text);
            }
        }));
    }

    private static void Submit(LoopPartitions partitions, ScriptedClient client, ulong number, UserId to, string text)
    {
        var home = HomeOf(partitions, client);
        home.Send(client.Session, (uint)number, new SendRequest { To = to, SendNumber = number, Settled = client.Settled, ContentKind = 1, Payload = Encoding.UTF8.GetBytes(text) });
    }

    private void Acknowledge(StoredShard shard, ScriptedClient client)
    {
        if (client.Received.Count == 0) return;
        var (other, received) = client.Received.ElementAt(_random.Next(client.Received.Count));
        var upTo = received.Keys.ElementAt(_random.Next(received.Count));
        var read = _random.Next(2) == 0 ? upTo : 0;
        Hear(shard.Turn(partitions =>
        {
            HomeOf(partitions, client).Receive(client.Session, other, upTo, read);
            HomeOf(partitions, client).Settle(client.Session, client.Settled);
        }));
    }

    private void AcknowledgeAll(StoredShard shard, ScriptedClient client) => Hear(shard.Turn(partitions =>
    {
        foreach (var (other, received) in client.Received) HomeOf(partitions, client).Receive(client.Session, other, received.Keys.Last(), received.Keys.Last());
    }));

    private void Hear(List<Said> said)
    {
        foreach (var spoken in said)
        {
            var session = spoken.Output.Session;
            if (Array.Find(_clients, client => client.Session == session) is { } client) Hear(client, spoken);
        }
    }

    private void Hear(ScriptedClient client, Said spoken)
    {
        var output = spoken.Output;
        switch (output.Kind)
        {
            case OutputKind.Welcome:
                Assert.That(output.First, Is.InRange(client.Settled, client.LastNumber), $"P1: the server knows another last number of {client.User}");
                break;
            case OutputKind.Sent:
                if (!client.Open.Remove(output.First, out var sent)) break; // a repeat's answer
                Placed(client.User, sent.To, output.Second, sent.Text);
                _acknowledged.Add((sent.To, client.User, output.Second, sent.Text));
                break;
            case OutputKind.Message:
                Came(client, output, spoken);
                break;
            case OutputKind.Refused when output.Code is ErrorCode.UnknownRecipient:
                if (client.Open.Remove(output.Third, out var refused)) _issued.Remove(refused.Text);
                break;
            case OutputKind.CaughtUp or OutputKind.Marks:
                break;
            default:
                Assert.Fail($"{client.User} was told {output.Kind} {output.Code}");
                break;
        }
    }

    private void Came(ScriptedClient client, in Output output, Said spoken)
    {
        Assert.That(_issued.TryGetValue(spoken.Text, out var origin), Is.True, $"P2: nobody sent '{spoken.Text}'");
        Assert.That(origin, Is.EqualTo((spoken.Sender, client.User)), $"P2: '{spoken.Text}' came to {client.User}");
        Placed(spoken.Sender, client.User, output.First, spoken.Text);
        Assert.That(client.InSession.Add((output.User, output.First)), Is.True, $"P2: {client.User} got entry {output.First} twice in a session");
        if (!client.Received.TryGetValue(output.User, out var received)) client.Received.Add(output.User, received = []);
        received[output.First] = spoken.Text;
    }

    private void Placed(UserId from, UserId to, ulong sequence, string text)
    {
        var pair = from < to ? (from, to) : (to, from);
        if (!_places.TryGetValue(pair, out var places)) _places.Add(pair, places = []);
        if (places.TryGetValue(sequence, out var there)) Assert.That(text, Is.EqualTo(there), $"P3: two entries have the place {sequence} of {pair}");
        else places.Add(sequence, text);
    }

    private ScriptedClient ClientOf(UserId user) => Array.Find(_clients, client => client.User == user) ?? throw new InvalidOperationException($"{user} is nobody");

    private static Partition HomeOf(LoopPartitions partitions, ScriptedClient client) => partitions.Enter(client.Home);
}
