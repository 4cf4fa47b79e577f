using System.Text;

namespace ChatServer.Terminal;

/// <summary>The line that is being typed.</summary>
internal sealed class LineEditor
{
    private const int Characters = 4_000;

    private readonly StringBuilder _text = new();
    private int _cursor;

    public string BeforeCursor => _text.ToString(0, _cursor);

    public string AfterCursor => _text.ToString(_cursor, _text.Length - _cursor);

    /// <summary>Takes a key; the finished line when it was Enter.</summary>
    public string? Take(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter: return Finish();
            case ConsoleKey.Backspace when _cursor > 0:
                var back = CharactersBefore();
                _text.Remove(_cursor -= back, back);
                break;
            case ConsoleKey.Delete when _cursor < _text.Length: _text.Remove(_cursor, CharactersAfter()); break;
            case ConsoleKey.LeftArrow when _cursor > 0: _cursor -= CharactersBefore(); break;
            case ConsoleKey.RightArrow when _cursor < _text.Length: _cursor += CharactersAfter(); break;
            case ConsoleKey.Home: _cursor = 0; break;
            case ConsoleKey.End: _cursor = _text.Length; break;
            default:
                if (char.IsControl(key.KeyChar) || _text.Length == Characters) break;
                _text.Insert(_cursor++, key.KeyChar);
                break;
        }

        return null;
    }

    private string Finish()
    {
        var line = _text.ToString();
        _text.Clear();
        _cursor = 0;
        return line;
    }

    // A character outside the basic plane is two of .NET's.
    private int CharactersBefore() => _cursor > 1 && char.IsSurrogatePair(_text[_cursor - 2], _text[_cursor - 1]) ? 2 : 1;

    private int CharactersAfter() => _cursor + 1 < _text.Length && char.IsSurrogatePair(_text[_cursor], _text[_cursor + 1]) ? 2 : 1;
}
