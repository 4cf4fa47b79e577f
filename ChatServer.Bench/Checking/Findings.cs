using System.Runtime.CompilerServices;

namespace ChatServer.Bench.Checking;

/// <summary>What was found so far: the first violation in words, of the others the number.</summary>
internal sealed class Findings
{
    public long Events { get; set; }

    public Violation? First { get; private set; }

    public long Duplicated { get; set; }

    public long Reordered { get; set; }

    public long PayloadMismatches { get; set; }

    public long Gaps { get; set; }

    public long Contradicted { get; set; }

    public long Invented { get; set; }

    public long FallenMarks { get; set; }

    public long FalseMarks { get; set; }

    public long Misdirected { get; set; }

    public long OverCap { get; set; }

    public long Undrained { get; set; }

    /// <summary>The event that is being judged breaks a property. The sentence is put together only for the first.</summary>
    public void Found(Property property, [InterpolatedStringHandlerArgument("")] ref Sentence sentence) =>
        First ??= new Violation(property, Events, sentence.ToString());

    /// <summary>Text in pieces, which nobody asks for any more after the first violation: a broken server may break a property a million times.</summary>
    [InterpolatedStringHandler]
    public ref struct Sentence
    {
        private DefaultInterpolatedStringHandler _text;

        public Sentence(int literalLength, int formattedCount, Findings findings, out bool isWanted)
        {
            isWanted = findings.First is null;
            if (isWanted) _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }

        public void AppendLiteral(string value) => _text.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public override string ToString() => _text.ToStringAndClear();
    }
}
