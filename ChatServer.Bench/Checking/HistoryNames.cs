namespace ChatServer.Bench.Checking;

/// <summary>
/// The numbers that stand for names in events: 0, 1, 2 … in the order in which they were first asked for. A device is named
/// <c>user/device</c>, a direct conversation <c>user~user</c> with the smaller id first; both signs are in no id. Any thread.
/// </summary>
public sealed class HistoryNames
{
    public const char BetweenUserAndDevice = '/';
    public const char BetweenUsers = '~';

    private readonly Lock _gate = new();
    private readonly Table _users = new();
    private readonly Table _devices = new();
    private readonly Table _conversations = new();
    private readonly Table _labels = new();
    private readonly List<int> _userOfDevice = [];
    private readonly Dictionary<(int, int), int> _direct = [];

    public int User(ReadOnlySpan<char> name)
    {
        lock (_gate) return _users.NumberOf(name);
    }

    public int Device(string user, string device) => Device(string.Concat(user, [BetweenUserAndDevice], device));

    /// <summary>The device of that whole name.</summary>
    /// <exception cref="FormatException">It is not a user and a device.</exception>
    public int Device(ReadOnlySpan<char> name)
    {
        lock (_gate)
        {
            if (_devices.TryNumberOf(name, out var known)) return known;
            var slash = name.IndexOf(BetweenUserAndDevice);
            if (slash <= 0 || slash == name.Length - 1 || name.LastIndexOf(BetweenUserAndDevice) != slash) throw new FormatException($"'{name}' is not USER/DEVICE");
            _userOfDevice.Add(_users.NumberOf(name[..slash]));
            return _devices.NumberOf(name);
        }
    }

    public int Conversation(ReadOnlySpan<char> name)
    {
        lock (_gate) return _conversations.NumberOf(name);
    }

    /// <summary>The conversation of two users.</summary>
    public int Direct(int user, int other)
    {
        lock (_gate)
        {
            if (_direct.TryGetValue((user, other), out var known)) return known;
            var (a, b) = (_users.NameOf(user), _users.NameOf(other));
            var number = _conversations.NumberOf(string.CompareOrdinal(a, b) < 0 ? string.Concat(a, [BetweenUsers], b) : string.Concat(b, [BetweenUsers], a));
            _direct[(user, other)] = number;
            _direct[(other, user)] = number;
            return number;
        }
    }

    /// <summary>A queue or a fault.</summary>
    public int Label(ReadOnlySpan<char> name)
    {
        lock (_gate) return _labels.NumberOf(name);
    }

    public int UserOf(int device)
    {
        lock (_gate) return _userOfDevice[device];
    }

    public string NameOfUser(int user) => NameOf(_users, user);

    public string NameOfDevice(int device) => NameOf(_devices, device);

    public string NameOfConversation(int conversation) => NameOf(_conversations, conversation);

    public string NameOfLabel(int label) => NameOf(_labels, label);

    private string NameOf(Table table, int number)
    {
        lock (_gate) return table.NameOf(number);
    }

    private sealed class Table
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly List<string> _names = [];

        public bool TryNumberOf(ReadOnlySpan<char> name, out int number) => _numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out number);

        public int NumberOf(ReadOnlySpan<char> name)
        {
            if (TryNumberOf(name, out var number)) return number;
            number = _names.Count;
            _names.Add(name.ToString());
            _numbers.Add(_names[number], number);
            return number;
        }

        public string NameOf(int number) => _names[number];
    }
}
