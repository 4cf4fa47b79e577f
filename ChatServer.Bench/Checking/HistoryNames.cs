using System.Runtime.InteropServices;

namespace ChatServer.Bench.Checking;

/// <summary>
/// The numbers that stand for names in events: 0, 1, 2 … in the order in which they were first asked for. A device is named
/// <c>user/device</c>, a direct conversation <c>user~user</c> with the smaller id first; both signs are in no id. One thread at a time.
/// </summary>
public sealed class HistoryNames
{
    public const char BetweenUserAndDevice = '/';
    public const char BetweenUsers = '~';

    private readonly Table _users = new();
    private readonly Table _devices = new();
    private readonly Table _conversations = new();
    private readonly Table _labels = new();
    private readonly List<int> _userOfDevice = [];
    private readonly Dictionary<(int, int), int> _direct = [];

    public int User(string name) => _users.NumberOf(name);

    public int Device(string user, string device) => Device(string.Concat(user, [BetweenUserAndDevice], device));

    /// <summary>The device of that whole name.</summary>
    /// <exception cref="FormatException">It is not a user and a device.</exception>
    public int Device(string name)
    {
        if (_devices.TryNumberOf(name, out var known)) return known;
        var slash = name.IndexOf(BetweenUserAndDevice, StringComparison.Ordinal);
        if (slash <= 0 || slash == name.Length - 1 || name.LastIndexOf(BetweenUserAndDevice) != slash) throw new FormatException($"'{name}' is not USER/DEVICE");
        _userOfDevice.Add(User(name[..slash]));
        return _devices.NumberOf(name);
    }

    public int Conversation(string name) => _conversations.NumberOf(name);

    /// <summary>The conversation of two users.</summary>
    public int Direct(int user, int other)
    {
        if (_direct.TryGetValue((user, other), out var known)) return known;
        var (a, b) = (NameOfUser(user), NameOfUser(other));
        var number = Conversation(string.CompareOrdinal(a, b) < 0 ? string.Concat(a, [BetweenUsers], b) : string.Concat(b, [BetweenUsers], a));
        _direct[(user, other)] = number;
        _direct[(other, user)] = number;
        return number;
    }

    /// <summary>A queue or a fault.</summary>
    public int Label(string name) => _labels.NumberOf(name);

    public int UserOf(int device) => _userOfDevice[device];

    public string NameOfUser(int user) => _users.NameOf(user);

    public string NameOfDevice(int device) => _devices.NameOf(device);

    public string NameOfConversation(int conversation) => _conversations.NameOf(conversation);

    public string NameOfLabel(int label) => _labels.NameOf(label);

    private sealed class Table
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly List<string> _names = [];

        public bool TryNumberOf(string name, out int number) => _numbers.TryGetValue(name, out number);

        public int NumberOf(string name)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, name, out var isKnown);
            if (isKnown) return number;
            number = _names.Count;
            _names.Add(name);
            return number;
        }

        public string NameOf(int number) => _names[number];
    }
}
