using System.Globalization;

namespace ChatServer.Bench.Load;

/// <summary>A <see cref="LoadProgress"/> as a line, for files and pipes.</summary>
internal static class LoadLine
{
    private const double MebiByte = 1_024 * 1_024;

    public static Action<LoadProgress> On(TextWriter output) => progress => output.WriteLine(Of(progress));

    public static string Of(LoadProgress progress)
    {
        var of = progress.TotalSeconds is { } total ? string.Create(CultureInfo.InvariantCulture, $"/{total:0}") : "";
        var latency = progress is { P50Milliseconds: { } p50, P99Milliseconds: { } p99 } ? string.Create(CultureInfo.InvariantCulture, $"  p50 {p50:0.000} ms  p99 {p99:0.000} ms") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{progress.Phase} {progress.Seconds:0}{of} s  {progress.MessagesPerSecond:#,0}/s{latency}  server {progress.ServerCores:0.00} cores  {progress.ResidentBytes / MebiByte:0} MiB  generators {progress.GeneratorCores:0.00} cores  errors {progress.Errors}");
    }
}
