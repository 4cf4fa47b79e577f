using System.Diagnostics.CodeAnalysis;

namespace ChatServer.Bench.Checking;

/// <summary>All that a history has told so far, by the numbers of its names.</summary>
internal sealed class CheckedWorld(HistoryNames names)
{
    private readonly List<CheckedDevice?> _devices = [];
    private readonly List<CheckedConversation?> _conversations = [];
    private readonly List<CheckedUser?> _users = [];
    private readonly List<DeviceLife> _lives = [];
    private readonly Dictionary<ulong, Standing> _standings = [];
    private readonly Dictionary<ulong, Reader> _readers = [];

    // Send numbers that are not the next of their life, and messages whose number a device without its store used again: rare.
    private readonly Dictionary<(int Life, ulong Number), List<int>> _strays = [];

    public HistoryNames Names => names;

    public CheckedMessages Messages { get; } = new();

    public IEnumerable<CheckedDevice> Devices => _devices.OfType<CheckedDevice>();

    public IEnumerable<CheckedConversation> Conversations => _conversations.OfType<CheckedConversation>();

    public CheckedDevice Device(int number)
    {
        if (number < _devices.Count && _devices[number] is { } known) return known;
        var user = names.UserOf(number);
        var device = new CheckedDevice(number, user);
        Put(_devices, number, device);
        User(user).Devices.Add(device);
        foreach (var conversation in User(user).Conversations) Join(device, conversation);
        return device;
    }

    public CheckedUser User(int number) => At(_users, number) ?? Put(_users, number, new CheckedUser());

    public CheckedConversation Conversation(int number) => At(_conversations, number) ?? Put(_conversations, number, new CheckedConversation(number));

    public DeviceLife LifeOf(in CheckedMessage message) => _lives[message.Life];

    /// <summary>The life in which a device is now.</summary>
    public DeviceLife LifeOf(CheckedDevice device) => device.Life ?? BeginLife(device);

    public DeviceLife BeginLife(CheckedDevice device)
    {
        var life = new DeviceLife(_lives.Count, device, device.Life);
        _lives.Add(life);
        return device.Life = life;
    }

    public void Join(CheckedConversation conversation, int userNumber)
    {
        if (!_readers.TryAdd(Key(userNumber, conversation.Number), new Reader(userNumber))) return;
        conversation.Readers.Add(_readers[Key(userNumber, conversation.Number)]);
        var user = User(userNumber);
        user.Conversations.Add(conversation);
        foreach (var device in user.Devices) Join(device, conversation);
    }

    /// <summary>False: the device's user does not belong to the conversation.</summary>
    public bool TryStanding(int device, int conversation, [NotNullWhen(true)] out Standing? standing) => _standings.TryGetValue(Key(device, conversation), out standing);

    public bool TryReader(int user, int conversation, [NotNullWhen(true)] out Reader? reader) => _readers.TryGetValue(Key(user, conversation), out reader);

    /// <summary>The newest message that a device gave a number; false: it never did.</summary>
    public bool TryFind(CheckedDevice device, ulong number, out int message)
    {
        for (var life = device.Life; life is not null; life = life.Earlier)
        {
            if (TryFind(life, number, out message)) return true;
        }

        message = -1;
        return false;
    }

    /// <summary>The message of that number and content. False: <paramref name="message"/> is one of the same number, or negative.</summary>
    public bool TryFind(CheckedDevice device, ulong number, ulong hash, out int message)
    {
        message = -1;
        for (var life = device.Life; life is not null; life = life.Earlier)
        {
            if (!TryFind(life, number, out var found)) continue;
            message = found;
            if (Messages[found].Hash == hash) return true;
            foreach (var other in SameNumber(life.Number, number))
            {
                message = other;
                if (Messages[other].Hash == hash) return true;
            }
        }

        return false;
    }

    /// <summary>Other messages that got the number in the same life: at most one of all of them can have happened.</summary>
    public IReadOnlyList<int> SameNumber(int life, ulong number) =>
        _strays.Count > 0 && _strays.TryGetValue((life, number), out var others) ? others : [];

    /// <summary>The message that its number stands for now.</summary>
    public int NewestOf(in CheckedMessage message) => TryFind(LifeOf(message), message.Number, out var newest) ? newest : throw new InvalidOperationException("a message has a number");

    /// <summary>Adds a message that no number of this life stands for with this content.</summary>
    public int Add(DeviceLife life, uint number, in CheckedMessage message)
    {
        var index = Messages.Add(message);
        if (life.TryAppend(number, index)) return index;
        if (!_strays.TryGetValue((life.Number, number), out var others)) _strays.Add((life.Number, number), others = []);
        if (life.TryIndexOf(number, out var place))
        {
            others.Add(life.Messages[place]);
            life.Messages[place] = index;
        }
        else others.Add(index);

        return index;
    }

    private bool TryFind(DeviceLife life, ulong number, out int message)
    {
        if (life.TryIndexOf(number, out var place))
        {
            message = life.Messages[place];
            return true;
        }

        var strays = SameNumber(life.Number, number);
        message = strays.Count > 0 ? strays[^1] : -1;
        return message >= 0;
    }

    private void Join(CheckedDevice device, CheckedConversation conversation)
    {
        var standing = new Standing(device, conversation);
        _standings.Add(Key(device.Number, conversation.Number), standing);
        conversation.Standings.Add(standing);
        device.Standings.Add(standing);
    }

    private static T? At<T>(List<T?> list, int number)
        where T : class => number < list.Count ? list[number] : null;

    private static T Put<T>(List<T?> list, int number, T value)
        where T : class
    {
        while (list.Count <= number) list.Add(null);
        list[number] = value;
        return value;
    }

    private static ulong Key(int first, int second) => ((ulong)(uint)first << 32) | (uint)second;
}
