using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ChatServer.Terminal;

/// <summary>Draws the book: conversations on the left, the open one on the right, the line that is typed below.</summary>
internal sealed class ChatScreen(ConversationBook book, LineEditor editor)
{
    private const int ListWidth = 26;
    private const int BordersHeight = 2;
    private const int InputHeight = 3;
    private const int LeastWidthForList = 60;

    /// <summary>What the connection is doing, in words; shown at the top.</summary>
    public string Status { get; set; } = "connecting";

    public bool IsOnline { get; set; }

    /// <summary>Something to tell whoever types, until the next key.</summary>
    public string Notice { get; set; } = "";

    public IRenderable Draw(int width, int height)
    {
        var layout = new Layout("all").SplitRows(
            new Layout("top").SplitColumns(new Layout("list").Size(ListWidth), new Layout("talk")),
            new Layout("input").Size(InputHeight));
        layout["list"].IsVisible = width >= LeastWidthForList;
        layout["list"].Update(List());
        layout["talk"].Update(Talk(Math.Max(1, height - InputHeight - BordersHeight), width));
        layout["input"].Update(Input());
        return layout;
    }

    /// <summary>The sign for how far an own message has come, with its colour.</summary>
    public static string Tick(EntryState state) => state switch
    {
        EntryState.Waiting => "[grey]\u2026[/]",
        EntryState.Sent => "[grey]\u2713[/]",
        EntryState.Delivered => "[grey]\u2713\u2713[/]",
        EntryState.Read => "[deepskyblue1]\u2713\u2713[/]",
        EntryState.Refused => "[red]\u2717[/]",
        _ => "",
    };

    private Panel List()
    {
        var rows = new List<IRenderable>();
        foreach (var conversation in book.Conversations)
        {
            var name = Markup.Escape(conversation.With.Value);
            var unread = conversation.Unread == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" [green]{conversation.Unread}[/]");
            rows.Add(new Markup(ReferenceEquals(conversation, book.Open) ? $"[bold]> {name}[/]{unread}" : $"  {name}{unread}") { Overflow = Overflow.Ellipsis });
        }

        if (rows.Count == 0) rows.Add(new Markup("[grey]/to NAME begins one[/]"));
        return new Panel(new Rows(rows)).Header(Markup.Escape(book.Self.Value)).Expand().BorderColor(Color.Grey);
    }

    private Panel Talk(int lines, int width)
    {
        var title = book.Open is { } open ? Markup.Escape(open.With.Value) : "nobody yet";
        var colour = IsOnline ? "green" : "yellow";
        var shown = book.Open?.Entries.TakeLast(lines).Select(entry => Line(book.Open, entry)) ?? [];
        return new Panel(new Rows(Fitting([.. shown], lines, width))) { Height = lines + BordersHeight }
            .Header($"{title} [{colour}]{Markup.Escape(Status)}[/]").Expand().BorderColor(Color.Grey);
    }

    // The newest that fit: a long message takes several lines.
    private static IEnumerable<IRenderable> Fitting(IReadOnlyList<(IRenderable Row, int Characters)> rows, int lines, int width)
    {
        var room = Math.Max(10, width - (width >= LeastWidthForList ? ListWidth : 0) - 4);
        var first = rows.Count;
        for (var left = lines; first > 0; first--)
        {
            left -= (rows[first - 1].Characters + room - 1) / room;
            if (left < 0) break;
        }

        return rows.Skip(first).Select(row => row.Row);
    }

    private static (IRenderable Row, int Characters) Line(Conversation conversation, Entry entry)
    {
        var time = entry.Time.ToLocalTime().ToString("HH:mm", CultureInfo.InvariantCulture);
        var text = PrintableText.Show(entry.Text).ReplaceLineEndings(" ");
        var state = conversation.StateOf(entry);
        var who = entry.IsMine ? "[deepskyblue1]you[/]" : $"[green]{Markup.Escape(conversation.With.Value)}[/]";
        var problem = entry.Problem is { } reason ? $" [red]{Markup.Escape(PrintableText.Show(reason))}[/]" : "";
        var markup = $"[grey]{time}[/] {who} {Markup.Escape(text)} {Tick(state)}{problem}";
        return (new Markup(markup), time.Length + conversation.With.Value.Length + text.Length + (entry.Problem?.Length ?? 0) + 6);
    }

    private Panel Input()
    {
        var after = editor.AfterCursor;
        var under = after.Length == 0 ? " " : after[..1];
        var rest = after.Length == 0 ? "" : after[1..];
        var line = $"{Markup.Escape(editor.BeforeCursor)}[invert]{Markup.Escape(under)}[/]{Markup.Escape(rest)}";
        var notice = Notice.Length == 0 ? "Enter sends, Up and Down choose, /to NAME, /quit" : Notice;
        return new Panel(new Markup(line) { Overflow = Overflow.Crop }).Header($"[grey]{Markup.Escape(notice)}[/]").Expand().BorderColor(Color.Grey);
    }
}
