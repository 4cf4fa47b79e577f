using System.Globalization;
using ChatServer.Bench.Checking;

namespace ChatServer.Bench.Load.Raw;

/// <summary>All generators of a run: each has its share of the users, and all are told the same things at the same time.</summary>
internal sealed class RawFleet : IAsyncDisposable
{
    /// <summary>One more is a source of connections more: 127.0.N.x.</summary>
    public const int GeneratorsMax = 32;

    private readonly GeneratorProcess[] _generators;

    private RawFleet(GeneratorProcess[] generators) => _generators = generators;

    public int Generators => _generators.Length;

    public int Users => _generators.Sum(generator => generator.Plan.Users);

    public static string NameOf(string run, int user) => string.Create(CultureInfo.InvariantCulture, $"load-{run}-{user}");

    /// <summary>Makes the accounts and starts the generators.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="whole">What all of them are told, with the users of all.</param>
    /// <param name="generators">How many.</param>
    public static async Task<RawFleet> StartAsync(ServerUnderLoad server, RawPlan whole, int generators)
    {
        if (!OperatingSystem.IsLinux()) throw new IOException("the raw driver needs Linux; load direct and load offline have --portable");
        RawPlan[] plans = [.. Divide(whole, generators)];
        if (!whole.Registers) await LoadAccounts.AddAsync(server, Enumerable.Range(0, whole.Users).Select(user => NameOf(whole.Run, user)), LoadAccounts.CheapHashOf(whole.Password));
        var started = new List<GeneratorProcess>();
        try
        {
            foreach (var plan in plans) started.Add(await GeneratorProcess.StartAsync(plan));
            return new RawFleet([.. started]);
        }
        catch
        {
            foreach (var one in started) await one.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pairs and feeders with those they feed stay together, and each generator has some.</summary>
    public static IEnumerable<RawPlan> Divide(RawPlan whole, int generators)
    {
        var unit = whole.HasPairs ? 2 : 1;
        var units = whole.Users / unit;
        if (whole.Feeders > 0) generators = Math.Min(generators, whole.Feeders);
        generators = Math.Clamp(generators, 1, Math.Max(1, units));
        var first = 0;
        for (var i = 0; i < generators; i++)
        {
            var feeders = (int)Share(whole.Feeders, i, generators);
            var users = whole.Feeders > 0 ? feeders + (int)Share(whole.Users - whole.Feeders, i, generators) : unit * (int)Share(units, i, generators);
            yield return whole with { Generator = i, FirstUser = first, Users = users, Feeders = feeders, SlowPairs = (int)Share(whole.SlowPairs, i, generators) };
            first += users;
        }
    }

    public static long Share(long whole, int index, int of) => (whole * (index + 1) / of) - (whole * index / of);

    /// <summary>Says something to all; returns when all have done it.</summary>
    /// <exception cref="IOException">One could not.</exception>
    public async Task<GeneratorAnswer[]> AskAsync(Func<RawPlan, GeneratorOrder> order)
    {
        var answers = await Task.WhenAll(_generators.Select(generator => generator.AskAsync(order(generator.Plan))));
        if (answers.Select(answer => answer.Problem).FirstOrDefault(problem => problem is not null) is { } problem) throw new IOException(problem);
        return answers;
    }

    /// <summary>All log in, or those of a range of each generator's.</summary>
    public Task ConnectAsync(int concurrent, Func<RawPlan, (int From, int To)>? range = null) => AskAsync(plan => new GeneratorOrder
    {
        Verb = GeneratorVerb.Connect, Concurrent = Math.Max(1, concurrent / Generators), From = (range?.Invoke(plan) ?? (0, plan.Users)).From, To = (range?.Invoke(plan) ?? (0, plan.Users)).To,
    });

    public Task LeaveAsync(Func<RawPlan, (int From, int To)>? range = null) => AskAsync(plan => new GeneratorOrder
    {
        Verb = GeneratorVerb.Leave, From = (range?.Invoke(plan) ?? (0, plan.Users)).From, To = (range?.Invoke(plan) ?? (0, plan.Users)).To,
    });

    /// <summary>Whether all send as fast as answers come.</summary>
    public Task SendClosedAsync(bool on) => AskAsync(plan => new GeneratorOrder { Verb = GeneratorVerb.SendClosed, To = on ? plan.Users : 0 });

    /// <summary>So many sends a second in all, which begin at a time; each generator's are due between those of the others.</summary>
    public Task SendRateAsync(double perSecond, long at = 0) => AskAsync(plan => new GeneratorOrder
    {
        Verb = GeneratorVerb.SendRate, Rate = perSecond / Generators, To = plan.Users,
        At = perSecond > 0 ? at + (long)(plan.Generator * System.Diagnostics.Stopwatch.Frequency / perSecond) : 0,
    });

    /// <summary>So many messages in all, as fast as answers come; returns when all are answered.</summary>
    public Task SendCountAsync(long messages, Func<RawPlan, (int From, int To)> range) => AskAsync(plan => new GeneratorOrder
    {
        Verb = GeneratorVerb.SendCount, From = range(plan).From, To = range(plan).To, Count = Share(messages, plan.Generator, Generators),
    });

    public Task LoginAsync(int concurrent, double seconds) =>
        AskAsync(_ => new GeneratorOrder { Verb = GeneratorVerb.Login, Concurrent = Math.Max(1, concurrent / Generators), Seconds = seconds });

    /// <summary>All connections break at once; returns when all are there again.</summary>
    public Task StormAsync(int concurrent) =>
        AskAsync(plan => new GeneratorOrder { Verb = GeneratorVerb.Storm, To = plan.Users, Concurrent = Math.Max(1, concurrent / Generators) });

    public Task DayAsync(GeneratorOrder day) => AskAsync(plan => day with { Verb = GeneratorVerb.Day, Rate = day.Rate / Generators, Seed = day.Seed + plan.Generator });

    /// <summary>Those who may be slow read so many bytes a second, or as fast as they can with a number below 0.</summary>
    public Task SlowAsync(int bytesPerSecond) => AskAsync(_ => new GeneratorOrder { Verb = GeneratorVerb.Slow, Bytes = bytesPerSecond });

    public Task DrainAsync() => AskAsync(_ => new GeneratorOrder { Verb = GeneratorVerb.Drain });

    public Task NoteAsync(GeneratorVerb what) => AskAsync(_ => new GeneratorOrder { Verb = what });

    public async Task<IReadOnlyList<GeneratorSample>> SampleAsync() =>
        [.. (await AskAsync(_ => new GeneratorOrder { Verb = GeneratorVerb.Sample })).Select(answer => answer.Sample).OfType<GeneratorSample>()];

    /// <summary>What it all came to, added up, and what is wrong with it besides.</summary>
    public async Task<(Verdict Verdict, IReadOnlyList<string> Problems)> JudgeAsync()
    {
        var answers = await AskAsync(_ => new GeneratorOrder { Verb = GeneratorVerb.Judge });
        var problems = answers.SelectMany(answer => answer.Failures).ToList();
        var sum = RawVerdicts.Sum(answers.Select(answer => answer.Verdict).OfType<Verdict>());
        foreach (var history in answers.Select(answer => answer.HistoryVerdict).OfType<Verdict>())
        {
            if (RawVerdicts.Difference(sum, history) is { } difference) problems.Add($"the driver and the checker of histories do not agree: {difference}");
            if (history.First is { } first) problems.Add($"the checker of histories: {first}");
        }

        return (sum, problems);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var generator in _generators) await generator.DisposeAsync();
    }
}
