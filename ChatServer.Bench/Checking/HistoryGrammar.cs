using System.Text;

namespace ChatServer.Bench.Checking;

/// <summary>The JSON form of each kind: its name, and its fields in their order. Reader, writer and docs/HISTORY.md agree by this.</summary>
internal sealed class HistoryGrammar
{
    /// <summary>Hexadecimal digits of a hash: as a number it would be cut by readers that know only doubles.</summary>
    public const int HashDigits = 16;

    private static readonly HistoryField[] Fields = Enum.GetValues<HistoryField>();

    // The frequent ones first, since a reader asks one after the other.
    public static IReadOnlyList<HistoryGrammar> All { get; } =
    [
        new(HistoryKind.Invoke, "invoke", HistoryField.Device, HistoryField.Number, HistoryField.Conversation, HistoryField.Hash),
        new(HistoryKind.Ok, "ok", HistoryField.Session, HistoryField.Device, HistoryField.Number, HistoryField.Conversation, HistoryField.Sequence, HistoryField.Time, HistoryField.Durability),
        new(HistoryKind.Delivered, "delivered", HistoryField.Session, HistoryField.Device, HistoryField.Conversation, HistoryField.Sequence, HistoryField.Previous, HistoryField.Sender, HistoryField.Number, HistoryField.Hash, HistoryField.Time, HistoryField.IsKept),
        new(HistoryKind.Kept, "kept", HistoryField.Device, HistoryField.Conversation, HistoryField.Sequence),
        new(HistoryKind.Receipt, "receipt", HistoryField.Device, HistoryField.Conversation, HistoryField.DeliveredUpTo, HistoryField.ReadUpTo),
        new(HistoryKind.Marks, "marks", HistoryField.Session, HistoryField.Device, HistoryField.Conversation, HistoryField.User, HistoryField.DeliveredUpTo, HistoryField.ReadUpTo),
        new(HistoryKind.Heard, "heard", HistoryField.Session, HistoryField.Device),
        new(HistoryKind.Queue, "queue", HistoryField.Name, HistoryField.Value, HistoryField.Limit),
        new(HistoryKind.Fail, "fail", HistoryField.Session, HistoryField.Device, HistoryField.Number, HistoryField.Code),
        new(HistoryKind.Unknown, "unknown", HistoryField.Device, HistoryField.Number),
        new(HistoryKind.SessionOpened, "opened", HistoryField.Session, HistoryField.Device, HistoryField.Number),
        new(HistoryKind.SessionEnded, "ended", HistoryField.Session, HistoryField.Device, HistoryField.Code),
        new(HistoryKind.SessionClosed, "closed", HistoryField.Session, HistoryField.Device),
        new(HistoryKind.Member, "member", HistoryField.Conversation, HistoryField.User),
        new(HistoryKind.DeviceAdded, "added", HistoryField.Device, HistoryField.IsDueAll),
        new(HistoryKind.DeviceRemoved, "removed", HistoryField.Device),
        new(HistoryKind.DeviceDetached, "detached", HistoryField.Device),
        new(HistoryKind.FaultBegan, "fault", HistoryField.Name),
        new(HistoryKind.FaultHealed, "healed", HistoryField.Name),
        new(HistoryKind.Deadline, "deadline"),
        new(HistoryKind.Crashed, "crashed"),
        new(HistoryKind.Started, "started"),
    ];

    private static readonly byte[][] FieldNames = [.. Fields.Select(field => Encoding.UTF8.GetBytes(TextOf(field)))];
    private static readonly Dictionary<HistoryKind, HistoryGrammar> ByKind = All.ToDictionary(grammar => grammar.Kind);

    private HistoryGrammar(HistoryKind kind, string name, params HistoryField[] fields)
    {
        Kind = kind;
        Name = name;
        NameBytes = Encoding.UTF8.GetBytes(name);
        Ordered = fields;
    }

    public HistoryKind Kind { get; }

    public string Name { get; }

    public byte[] NameBytes { get; }

    /// <summary>The fields after <c>kind</c>, all of them in each line.</summary>
    public IReadOnlyList<HistoryField> Ordered { get; }

    public static HistoryGrammar Of(HistoryKind kind) => ByKind[kind];

    public static ReadOnlySpan<byte> NameOf(HistoryField field) => FieldNames[(int)field];

    public static string TextOf(HistoryField field) => field switch
    {
        HistoryField.IsKept => "kept",
        HistoryField.IsDueAll => "dueAll",
        _ => string.Concat([char.ToLowerInvariant(field.ToString()[0])], field.ToString().AsSpan(1)),
    };
}
