using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ChatServer.Bench.Load.Raw;

/// <summary>This program once more, as a <see cref="Generator"/>: its input and output, and who waits for which answer.</summary>
internal sealed class GeneratorProcess : IAsyncDisposable
{
    /// <summary>The hidden command under <c>load</c>.</summary>
    public const string CommandName = "generator";

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<GeneratorAnswer>> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private int _lastId;

    private GeneratorProcess(Process process, RawPlan plan)
    {
        _process = process;
        Plan = plan;
        _reading = ReadAsync();
    }

    public RawPlan Plan { get; }

    public static async Task<GeneratorProcess> StartAsync(RawPlan plan)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(Program).Assembly.GetName().Name ?? "");
        var start = new ProcessStartInfo(program, ["load", CommandName]) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // A generator lives for seconds: counting its branches to compile them better later costs more than it brings.
        start.Environment["DOTNET_TieredPGO"] = "0";
        var process = Process.Start(start) ?? throw new InvalidOperationException("a generator did not start");
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(plan, Generator.Json));
        await process.StandardInput.FlushAsync();
        if (await process.StandardOutput.ReadLineAsync() is null) throw new IOException("a generator ended at its start");
        return new GeneratorProcess(process, plan);
    }

    /// <summary>Says an order; its answer, once it is done.</summary>
    /// <exception cref="IOException">It could not be done, or the generator ended.</exception>
    public async Task<GeneratorAnswer> AskAsync(GeneratorOrder order)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<GeneratorAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order with { Id = id }, Generator.Json));
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }

        if (_reading.IsCompleted) Abandon();
        return await answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        // The end of its input is the end of the generator.
        _process.StandardInput.Close();
        await _reading;
        await _process.WaitForExitAsync();
        _process.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (JsonSerializer.Deserialize<GeneratorAnswer>(line, Generator.Json) is { } answer && _waiting.TryRemove(answer.Id, out var waiting)) waiting.SetResult(answer);
            }
        }
        finally
        {
            Abandon();
        }
    }

    private void Abandon()
    {
        foreach (var (id, waiting) in _waiting)
        {
            if (_waiting.TryRemove(id, out _)) waiting.TrySetException(new IOException(string.Create(CultureInfo.InvariantCulture, $"generator {Plan.Generator} ended; its complaint is above")));
        }
    }
}
