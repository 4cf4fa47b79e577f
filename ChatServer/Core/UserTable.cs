using System.Diagnostics.CodeAnalysis;
using System.Text;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// The users of a partition in the order they were added, found by id. Most are registered and nothing more, and are a row here, without
/// an object: about 40 bytes and the id, the password's hash apart. A <see cref="User"/> is kept of those that have a device or a
/// conversation; of the others one is made for whoever wants to read.
/// </summary>
/// <remarks>
/// A row's place in the order names it. Ids are found by open addressing: a byte of each hash tells almost all others apart before
/// an id is looked at. Hashes are the ones that choose the partition, seeded with a secret, so that nobody can aim at a slot.
/// </remarks>
internal sealed class UserTable
{
    private const int RowBits = 9;
    private const int RowsPerBlock = 1 << RowBits;
    private const int FirstRows = 8;
    private const int FirstSlots = 16;

    // More waste than this, and more than there is of use, is worth moving what is left.
    private const int WasteBytes = 1 << 16;

    private readonly PartitionMap _map;
    private readonly CoreLimits _limits;
    private readonly byte[] _bareUser;
    private readonly ByteArena _ids = new();
    private readonly List<User?> _kept = [null];
    private readonly Stack<int> _free = [];
    private readonly RecentUsers _recent = new();
    private ByteArena _passwords = new();
    private UserRow[][] _rows = [new UserRow[FirstRows]];
    private byte[] _tags = new byte[FirstSlots];
    private int[] _places = new int[FirstSlots];

    public UserTable(PartitionMap map, CoreLimits limits)
    {
        _map = map;
        _limits = limits;
        _bareUser = UserSnapshot.BareUser(limits.DevicesPerUser);
    }

    /// <summary>Places: users that exist, and shells.</summary>
    public int Count { get; private set; }

    /// <summary>Places a user has for devices.</summary>
    public int DevicesPerUser => _limits.DevicesPerUser;

    /// <summary>What an image says of a user beside the row when there is nothing to say.</summary>
    public ReadOnlySpan<byte> BareUser => _bareUser;

    /// <summary>Users that are more than a row.</summary>
    public int KeptCount => _kept.Count - 1 - _free.Count;

    /// <summary>Bytes of memory of all passwords' hashes.</summary>
    public long PasswordBytes => _passwords.Bytes;

    /// <summary>For reading: a user that is not kept is made anew each time, and nothing that it is told is remembered.</summary>
    public User this[int place] => KeptAt(place) ?? new User(this, place, isKept: false);

    /// <summary>For reading, by id; see <see cref="this[int]"/>.</summary>
    public bool TryGet(UserId id, [NotNullWhen(true)] out User? user)
    {
        user = _recent.Find(id);
        if (user is not null) return true;
        var place = PlaceOf(id);
        if (place < 0) return false;
        user = this[place];
        if (user.IsKept) _recent.Add(user);
        return true;
    }

    /// <summary>A kept user who was asked for a short time ago.</summary>
    public User? Recent(UserId id) => _recent.Find(id);

    /// <summary>The place of a user; -1 for nobody.</summary>
    public int PlaceOf(UserId id)
    {
        Span<byte> bytes = stackalloc byte[ProtocolLimits.UserIdBytes];
        return PlaceOf(bytes[..Encoding.ASCII.GetBytes(id.Value, bytes)]);
    }

    /// <inheritdoc cref="PlaceOf(UserId)"/>
    public int PlaceOf(ReadOnlySpan<byte> id) => Search(id, _map.HashOf(id), out _);

    /// <summary>The place of a user, who is a shell when there was none.</summary>
    public int Add(ReadOnlySpan<byte> id, out bool isNew)
    {
        var hash = _map.HashOf(id);
        var place = Search(id, hash, out var slot);
        isNew = place < 0;
        return isNew ? Append(id, hash, slot) : place;
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{byte}, out bool)"/>
    public int Add(UserId id, out bool isNew)
    {
        Span<byte> bytes = stackalloc byte[ProtocolLimits.UserIdBytes];
        return Add(bytes[..Encoding.ASCII.GetBytes(id.Value, bytes)], out isNew);
    }

    /// <summary>The user as far as more than the row is known.</summary>
    public User? KeptAt(int place) => _kept[Row(place).Kept];

    /// <summary>A user to be changed: kept from here on.</summary>
    public User Keep(int place)
    {
        ref var row = ref Row(place);
        if (_kept[row.Kept] is { } kept)
        {
            _recent.Add(kept);
            return kept;
        }

        var user = new User(this, place, isKept: true);
        _recent.Add(user);
        if (_free.TryPop(out row.Kept))
        {
            _kept[row.Kept] = user;
        }
        else
        {
            row.Kept = _kept.Count;
            _kept.Add(user);
        }

        return user;
    }

    /// <summary>A user with nothing more than the row is not kept any longer. Nobody may hold on to the object.</summary>
    public void LetGo(User user)
    {
        if (!user.IsKept || !user.IsBare) return;
        ref var row = ref Row(user.Place);
        _kept[row.Kept] = null;
        _free.Push(row.Kept);
        _recent.Remove(user);
        row.Kept = 0;
    }

    public ReadOnlySpan<byte> IdAt(int place) => _ids[Row(place).Id];

    public bool ExistsAt(int place) => Row(place).Exists;

    public bool IsTrustedAt(int place) => Row(place).Trusted;

    public ulong PasswordEpochAt(int place) => Row(place).PasswordEpoch;

    public ReadOnlySpan<byte> PasswordHashAt(int place) => _passwords[Row(place).PasswordHash];

    /// <summary>An account begins.</summary>
    public void Register(int place, ReadOnlySpan<byte> passwordHash, bool isTrusted)
    {
        ref var row = ref Row(place);
        (row.Exists, row.Trusted) = (true, isTrusted);
        SetPassword(place, passwordHash);
    }

    public void SetPassword(int place, ReadOnlySpan<byte> passwordHash)
    {
        ref var row = ref Row(place);
        row.PasswordEpoch = checked(row.PasswordEpoch + 1);
        row.PasswordHash = _passwords.Replace(row.PasswordHash, passwordHash);
        if (_passwords.Waste > WasteBytes && _passwords.Waste > _passwords.Bytes / 2) MovePasswords();
    }

    /// <summary>An account ends.</summary>
    public void Unregister(int place)
    {
        ref var row = ref Row(place);
        (row.Exists, row.Trusted) = (false, false);
        SetPassword(place, []);
    }

    /// <summary>One more user as it was; in the order they come until <see cref="Reorder"/> says another.</summary>
    /// <exception cref="InvalidDataException">It is there, or cannot be.</exception>
    internal int Restore(ReadOnlySpan<byte> id, bool exists, bool isTrusted, ReadOnlySpan<byte> passwordHash, ulong passwordEpoch)
    {
        var place = Add(id, out var isNew);
        if (!isNew) throw new InvalidDataException($"User '{Encoding.ASCII.GetString(id)}' comes twice");
        if (passwordEpoch > uint.MaxValue) throw new InvalidDataException($"User '{Encoding.ASCII.GetString(id)}' had {passwordEpoch} passwords");
        ref var row = ref Row(place);
        (row.Exists, row.Trusted, row.PasswordEpoch) = (exists, isTrusted, (uint)passwordEpoch);
        row.PasswordHash = _passwords.Add(passwordHash);
        return place;
    }

    /// <param name="order">For each place until now the one it gets: each once.</param>
    internal void Reorder(ReadOnlySpan<int> order)
    {
        var rows = new UserRow[_rows.Length][];
        for (var i = 0; i << RowBits < Count; i++) rows[i] = new UserRow[_rows[i].Length];
        for (var place = 0; place < Count; place++)
        {
            rows[order[place] >> RowBits][order[place] & (RowsPerBlock - 1)] = Row(place);
            if (KeptAt(place) is { } kept) kept.Place = order[place];
        }

        _rows = rows;
        for (var slot = 0; slot < _places.Length; slot++)
        {
            if (_tags[slot] != 0) _places[slot] = order[_places[slot]];
        }
    }

    private ref UserRow Row(int place)
    {
        Invariant.Holds((uint)place < (uint)Count, "a place is below the number of users");
        return ref _rows[place >> RowBits][place & (RowsPerBlock - 1)];
    }

    private int Append(ReadOnlySpan<byte> id, ulong hash, int slot)
    {
        var place = Count;
        if (place >= _tags.Length / 4 * 3)
        {
            GrowSlots();
            Search(id, hash, out slot);
        }

        BlockFor(place)[place & (RowsPerBlock - 1)].Id = _ids.Add(id);
        _tags[slot] = TagOf(hash);
        _places[slot] = place;
        Count++;
        return place;
    }

    private UserRow[] BlockFor(int place)
    {
        var number = place >> RowBits;
        if (number == _rows.Length) Array.Resize(ref _rows, number * 2);
        var used = place & (RowsPerBlock - 1);
        if (number > 0 && used == 0) _rows[number] = new UserRow[RowsPerBlock];
        else if (used == _rows[number].Length) Array.Resize(ref _rows[number], used * 2);
        return _rows[number];
    }

    private int Search(ReadOnlySpan<byte> id, ulong hash, out int slot)
    {
        var tag = TagOf(hash);
        for (slot = FirstSlot(hash); _tags[slot] != 0; slot = (slot + 1) & (_tags.Length - 1))
        {
            if (_tags[slot] == tag && IdAt(_places[slot]).SequenceEqual(id)) return _places[slot];
        }

        return -1;
    }

    private void GrowSlots()
    {
        _tags = new byte[_tags.Length * 2];
        _places = new int[_tags.Length];
        for (var place = 0; place < Count; place++)
        {
            var hash = _map.HashOf(IdAt(place));
            var slot = FirstSlot(hash);
            while (_tags[slot] != 0) slot = (slot + 1) & (_tags.Length - 1);
            _tags[slot] = TagOf(hash);
            _places[slot] = place;
        }
    }

    private void MovePasswords()
    {
        var moved = new ByteArena();
        for (var place = 0; place < Count; place++)
        {
            ref var row = ref Row(place);
            row.PasswordHash = moved.Add(_passwords[row.PasswordHash]);
        }

        _passwords = moved;
    }

    // The top bits are the partition's number, the same for all here.
    private int FirstSlot(ulong hash) => (int)((uint)(hash >> 7) & (uint)(_tags.Length - 1));

    private static byte TagOf(ulong hash) => (byte)(hash | 0x80);
}
