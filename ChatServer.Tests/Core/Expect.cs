using System.Runtime.CompilerServices;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>Assertions of a simulation, which makes millions of them: what a failure says is put together only when it fails.</summary>
internal static class Expect
{
    public static void That(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Broken message)
    {
        if (!holds) Assert.Fail(message.ToString());
    }

    [InterpolatedStringHandler]
    internal ref struct Broken
    {
        private DefaultInterpolatedStringHandler _text;

        public Broken(int literalLength, int formattedCount, bool holds, out bool isNeeded)
        {
            isNeeded = !holds;
            _text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        public void AppendLiteral(string value) => _text.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public override string ToString() => _text.ToStringAndClear();
    }
}
