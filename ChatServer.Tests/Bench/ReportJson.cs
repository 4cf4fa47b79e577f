using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatServer.Bench.Reports;

namespace ChatServer.Tests.Bench;

/// <summary>Reports of load as files have them, made from what a test says of them.</summary>
internal static class ReportJson
{
    public const string Direct = """
        {
          "workload": "direct", "configuration": "50 pairs, 16 in flight a user, 200 B", "machine": "Linux, 2 cores", "commit": "abc1234",
          "startedAt": "2026-11-24T20:00:00Z", "server": "chatserver serve --data data", "messages": 1000, "sent": 1100, "acknowledged": 1100, "received": 1100,
          "messagesPerSecond": 200000, "serverCpuSecondsPerMillion": 5, "latencyMilliseconds": { "p50": 1, "p90": 2, "p99": 4, "p999": 8, "max": 16 },
          "acknowledgementMilliseconds": { "p50": 0.5, "p90": 1, "p99": 2, "p999": 4, "max": 8 }, "residentBytes": 104857600,
          "lost": 0, "duplicated": 0, "reordered": 0, "gaps": 0, "problems": []
        }
        """;

    /// <summary>Every list that a report may have.</summary>
    public const string Lists = """
        {
          "series": [
            { "second": 1, "messagesPerSecond": 100, "p50Milliseconds": 1, "p99Milliseconds": 2, "serverCores": 0.5, "generatorCores": 0.4, "residentBytes": 1048576 },
            { "second": 2, "messagesPerSecond": 110, "p50Milliseconds": 1, "p99Milliseconds": 3, "serverCores": 0.6, "generatorCores": 0.4, "residentBytes": 2097152 }
          ],
          "latencyDistribution": [{ "percentile": 0, "milliseconds": 0.5 }, { "percentile": 99.99, "milliseconds": 7 }, { "percentile": 100, "milliseconds": 16 }],
          "connectionSamples": [{ "connections": 2000, "residentBytes": 101000000, "heapBytes": 10000000 }, { "connections": 18000, "residentBytes": 109000000, "heapBytes": 13200000 }],
          "samples": [{ "messages": 10, "logBytes": 5, "coldBytes": 1, "checkpointBytes": 2, "residentBytes": 7 }, { "messages": 20, "logBytes": 6, "coldBytes": 1, "checkpointBytes": 2, "residentBytes": 7 }]
        }
        """;

    /// <summary>A report with some values of another, by their keys; null takes one out.</summary>
    public static string With(string json, params (string Key, object? Value)[] values)
    {
        var report = Parse(json);
        foreach (var (key, value) in values)
        {
            if (value is null) report.Remove(key);
            else report[key] = JsonSerializer.SerializeToNode(value);
        }

        return report.ToJsonString();
    }

    /// <summary>Both together.</summary>
    public static string And(string json, string more)
    {
        var report = Parse(json);
        foreach (var (key, value) in Parse(more)) report[key] = value?.DeepClone();
        return report.ToJsonString();
    }

    public static RunReport Read(string json, string name = "run") => RunReport.Parse(name, json);

    /// <summary>A point of a curve: so much of something, and what a message cost.</summary>
    public static RunReport Point(string curve, double x, double cpu) =>
        Read(With(Direct, ("curve", curve), (curve, x), ("serverCpuSecondsPerMillion", cpu)), string.Create(CultureInfo.InvariantCulture, $"{curve}-{x}"));

    private static JsonObject Parse(string json) => JsonNode.Parse(json)?.AsObject() ?? throw new JsonException("no object");
}
