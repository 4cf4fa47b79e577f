namespace ChatServer.Bench.Load;

/// <summary>How a run stands, once a second; an <see cref="Action{T}"/> of it is all that watches a run.</summary>
/// <param name="Phase">What the run is doing, in a word or two.</param>
/// <param name="Seconds">Since the phase began.</param>
/// <param name="TotalSeconds">How long the phase takes; null where that is not known.</param>
/// <param name="MessagesPerSecond">Acknowledged, or whatever the phase counts, in the last second.</param>
/// <param name="P50Milliseconds">Of the last second, end to end; null where nothing came.</param>
/// <param name="P99Milliseconds">The same.</param>
/// <param name="ServerCores">CPU seconds that the server used in a second.</param>
/// <param name="GeneratorCores">The same of all generators.</param>
/// <param name="ResidentBytes">Of the server.</param>
/// <param name="Errors">What went against the protocol or was refused, so far.</param>
internal sealed record LoadProgress(string Phase, double Seconds, double? TotalSeconds, double MessagesPerSecond, double? P50Milliseconds, double? P99Milliseconds, double ServerCores, double GeneratorCores, long ResidentBytes, long Errors);
