using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// Everything durable of one partition. Changed by records only (<see cref="Records.IRecord{TSelf}.Apply"/>), so that the log rebuilds
/// it; deciding reads it. Owned by the partition's loop.
/// </summary>
internal sealed class PartitionState(int id, PartitionMap map, CoreLimits limits)
{
    private MessageAccount _account;

    public int Id { get; } = id;

    public PartitionMap Map { get; } = map;

    public CoreLimits Limits { get; } = limits;

    /// <summary>By id, in the order they were added.</summary>
    public UserTable Users { get; } = new(map, limits);

    public Lanes Lanes { get; } = new(id, map.Count);

    public BodyLedger Bodies { get; } = new();

    /// <summary>The highest number of a cold file that this partition ever had something in.</summary>
    public int LastColdFile { get; set; }

    /// <summary>Volatile: the image that is being taken.</summary>
    public PartitionImage? Image { get; set; }

    /// <summary>What became of every message; changed where it happens.</summary>
    public ref MessageAccount Account => ref _account;

    /// <summary>Server time never goes back within a partition, whatever the clock does.</summary>
    public ulong LastTime { get; set; }

    public bool IsLocal(UserId user) => HomeOf(user) == Id;

    public static UserId Smaller(UserId a, UserId b) => a < b ? a : b;

    /// <summary>A direct conversation lives with the smaller of its two users.</summary>
    public int HomeOf(UserId a, UserId b) => HomeOf(Smaller(a, b));

    private int HomeOf(UserId user) => Users.Recent(user) is null ? Map.Of(user) : Id;

    public int UserCount
    {
        get
        {
            var count = 0;
            for (var i = 0; i < Users.Count; i++)
            {
                if (Users.ExistsAt(i)) count++;
            }

            return count;
        }
    }

    public bool Exists(UserId id) => Users.PlaceOf(id) is >= 0 and var place && Users.ExistsAt(place);

    /// <summary>A user to be read. One that nothing is known of but the account is made anew, and does not see what comes later.</summary>
    public User? Find(UserId id) => Users.TryGet(id, out var user) && user.Exists ? user : null;

    /// <summary>A user to be changed, who need not exist.</summary>
    public User Shell(UserId id)
    {
        if (TryRecent(id) is { } recent) return recent;
        var place = Users.Add(id, out var isNew);
        if (!isNew) Image?.BeforeChange(place);
        return Users.Keep(place);
    }

    /// <summary>A user whose account is to be changed, who need not exist.</summary>
    public int ShellRow(ReadOnlySpan<byte> id)
    {
        var place = Users.Add(id, out var isNew);
        if (!isNew) Image?.BeforeChange(place);
        return place;
    }

    /// <summary>A user to be changed.</summary>
    public User Existing(UserId id) => TryRecent(id) ?? Users.Keep(ExistingRow(id));

    /// <summary>A user whose account is to be changed.</summary>
    public int ExistingRow(UserId id)
    {
        var place = Users.PlaceOf(id);
        if (place < 0) throw new InvalidDataException($"A record names user '{id}', who was never added");
        Image?.BeforeChange(place);
        return place;
    }

    public Device Existing(UserId user, DeviceId device) =>
        Existing(user).Find(device) ?? throw new InvalidDataException($"A record names device '{device}' of '{user}', which was never added");

    // To be changed.
    private User? TryRecent(UserId id)
    {
        var user = Users.Recent(id);
        if (user is not null) Image?.BeforeChange(user.Place);
        return user;
    }

    /// <summary>The sequence of a conversation whose home is here.</summary>
    public DirectConversation Conversation(UserId a, UserId b)
    {
        Invariant.Holds(HomeOf(a, b) == Id, "a conversation is decided at its home");
        var smaller = Smaller(a, b);
        var membership = Shell(smaller).Join(smaller == a ? b : a);
        return membership.Conversation ??= new DirectConversation();
    }

    public void SetStatus(UserId recipient, UserId other, RecipientStatus status) =>
        Conversation(recipient, other).StatusOf(recipient < other) = status;

    public RecipientStatus StatusOf(UserId recipient, UserId other) => Conversation(recipient, other).StatusOf(recipient < other);

    /// <summary>An entry got its number: both sides that live here get it, and the recipient's home when it is another.</summary>
    public void Enter(UserId sender, DeviceId device, UserId recipient, ulong sendNumber, byte contentKind, ulong sequence, ulong time, BodyRef body)
    {
        var conversation = Conversation(sender, recipient);
        Invariant.Holds(sequence == conversation.Head + 1, "a conversation's sequence has no gaps");
        conversation.Head = sequence;
        LastTime = Math.Max(LastTime, time);
        if (IsLocal(sender)) AppendOwn(sender, device, recipient, sequence, time, body);
        if (IsLocal(recipient))
        {
            AppendForeign(recipient, sender, sequence, time, body);
            return;
        }

        Bodies.Hold(body);
        Lanes.Add(Map.Of(recipient), new LaneRecord
        {
            Kind = LaneRecordKind.Entry, User = sender, Device = device, Other = recipient, SendNumber = sendNumber,
            ContentKind = contentKind, Sequence = sequence, Time = time, Body = body,
        });
    }

    /// <summary>The sender's side: due to the sender's other devices, hidden when the device that wrote it is gone.</summary>
    public void AppendOwn(UserId sender, DeviceId device, UserId recipient, ulong sequence, ulong time, BodyRef body)
    {
        var user = Existing(sender);
        var membership = user.Join(recipient);
        if (user.Find(device) is not { } author)
        {
            membership.Append(sequence, new TailEntry(default, time, TailEntry.FromOther), this);
            return;
        }

        membership.IsOpen = true;
        membership.Append(sequence, new TailEntry(body, time, author.Slot), this);
    }

    public void AppendForeign(UserId recipient, UserId sender, ulong sequence, ulong time, BodyRef body)
    {
        var user = Shell(recipient);
        var membership = user.Join(sender);
        _account.Entered++;
        if (user.Exists) _account.Waiting++;
        else _account.Gone++;
        membership.Append(sequence, new TailEntry(user.Exists ? body : default, time, TailEntry.FromOther), this);
        if (!user.Exists) TellStatus(membership, RecipientStatus.Gone);
        else if (membership.ToldStatus == RecipientStatus.Open && user.IsFull(Limits)) TellStatus(membership, RecipientStatus.Full);
        if (user.Exists) membership.IsOpen = true;
    }

    /// <summary>Tells the conversation's home what it does not know yet of this recipient.</summary>
    public void TellStatus(Membership membership, RecipientStatus status)
    {
        if (membership.ToldStatus == status) return;
        membership.ToldStatus = status;
        var home = HomeOf(membership.User.Id, membership.Other);
        if (home == Id) SetStatus(membership.User.Id, membership.Other, status);
        else Lanes.Add(home, new LaneRecord { Kind = LaneRecordKind.RecipientStatus, User = membership.User.Id, Other = membership.Other, Status = status });
    }

    /// <summary>One conversation of the user made room; every home that was told "full" has to hear it.</summary>
    public void TellRoom(User user)
    {
        if (user.IsFull(Limits)) return;
        foreach (var told in user.Memberships.All)
        {
            if (told.ToldStatus == RecipientStatus.Full) TellStatus(told, RecipientStatus.Open);
        }
    }

    /// <summary>Marks go to the author as the latest value: one record under way, the next only when that was acknowledged.</summary>
    public void TellMarks(Membership membership)
    {
        if (membership.MarksUnderWay || (membership.ToldDelivered == membership.Delivered && membership.ToldRead == membership.Read)) return;
        membership.ToldDelivered = membership.Delivered;
        membership.ToldRead = membership.Read;
        if (IsLocal(membership.Other))
        {
            TakeMarks(membership.Other, membership.User.Id, membership.Delivered, membership.Read);
            return;
        }

        membership.MarksUnderWay = true;
        Lanes.Add(Map.Of(membership.Other), new LaneRecord
        {
            Kind = LaneRecordKind.Marks, User = membership.User.Id, Other = membership.Other, Delivered = membership.Delivered, Read = membership.Read,
        });
    }

    public void TakeMarks(UserId author, UserId reader, ulong delivered, ulong read)
    {
        var user = Shell(author);
        if (!user.Memberships.TryGet(reader, out var membership)) return;
        if (delivered <= membership.OtherDelivered && read <= membership.OtherRead) return;
        membership.OtherDelivered = Math.Max(membership.OtherDelivered, delivered);
        membership.OtherRead = Math.Max(membership.OtherRead, read);
        membership.MarksVersion = ++user.MarksVersion;
    }
}
