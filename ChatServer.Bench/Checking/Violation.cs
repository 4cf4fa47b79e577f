using System.Globalization;

namespace ChatServer.Bench.Checking;

/// <summary>Where a history breaks a property.</summary>
/// <param name="Property">Which.</param>
/// <param name="Event">
/// The event that shows it, counted from 1; in a file, the line. For what shows only at the end, the event that it contradicts, such
/// as the promise that was not kept.
/// </param>
/// <param name="Sentence">What happened, with names.</param>
public sealed record Violation(Property Property, long Event, string Sentence)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Property}, event {Event}: {Sentence}");
}
