using System.Diagnostics;
using ChatServer.Bench.Fuzz.Mutation;

namespace ChatServer.Bench.Fuzz;

/// <summary>
/// The search: takes an input that is known, changes it, runs it, and keeps it when it took a way through the code that no input took
/// before. Ends with the first fault, or when its time or its number of inputs is over.
/// </summary>
internal sealed class FuzzLoop(FuzzTarget target, CoverageMap coverage, FuzzOptions options, LastInput? last = null)
{
    /// <summary>The clock is asked once in so many inputs.</summary>
    private const int InputsAClock = 64;

    private const int ChangesMax = 6;

    /// <summary>The newest finds get every second turn: what was reached last is where new ways begin.</summary>
    private const int Newest = 12;

    private readonly FuzzCheck _check = new(target, coverage.Begin);
    private readonly FuzzRandom _random = new(options.Seed);
    private readonly List<byte[]> _corpus = [];
    private long _inputs;

    /// <summary>What was kept in the run.</summary>
    public IReadOnlyList<byte[]> Corpus => _corpus;

    public FuzzSummary Run(IEnumerable<byte[]> kept)
    {
        var started = Stopwatch.GetTimestamp();
        var finding = Begin(kept) ?? Search(started);
        return new FuzzSummary(target.Name, options.Seed, _inputs, Stopwatch.GetElapsedTime(started), coverage.SeenEdges, _corpus.Count, finding);
    }

    /// <summary>
    /// As few inputs as take the same ways, the shortest first; then those that take them as often, while there is room for them.
    /// </summary>
    public IReadOnlyList<byte[]> Minimised(int maxBytes)
    {
        var chosen = new List<byte[]>();
        var bytes = 0;
        foreach (var withCounts in new[] { false, true })
        {
            var covered = new HashSet<int>();
            foreach (var input in chosen) covered.UnionWith(TakenBy(input, withCounts));
            foreach (var input in _corpus.OrderBy(input => input.Length))
            {
                var taken = TakenBy(input, withCounts);
                if (taken.IsSubsetOf(covered) || bytes + input.Length > maxBytes) continue;
                covered.UnionWith(taken);
                chosen.Add(input);
                bytes += input.Length;
            }
        }

        return chosen;
    }

    private FuzzFinding? Begin(IEnumerable<byte[]> kept)
    {
        // Once before anything counts: what initialises itself on its first use belongs to no input.
        foreach (var seed in target.Seeds) _ = _check.Fault(seed);
        foreach (var input in target.Seeds.Concat(kept).Prepend([]))
        {
            if (input.Length <= target.MaxBytes && Take(input) is { } finding) return finding;
        }

        // Seeds stay, whether they reach something new or not: somebody thought of them. And an empty input is better than none.
        _corpus.AddRange(target.Seeds.Append([]).Except(_corpus));
        return null;
    }

    private FuzzFinding? Search(long started)
    {
        var source = new MutationSource(_random, _corpus, target);
        while (_inputs < options.MaxInputs)
        {
            if (_inputs % InputsAClock == 0 && Stopwatch.GetElapsedTime(started) >= options.Duration) return null;
            if (Take(Change(source)) is { } finding) return finding;
        }

        return null;
    }

    private byte[] Change(MutationSource source)
    {
        var input = _random.OneIn(2) ? _corpus[_random.Between(Math.Max(0, _corpus.Count - Newest), _corpus.Count - 1)] : _random.Of(_corpus);
        // One change most often, since what is two changes away is reached over the one between.
        var changes = 1;
        while (changes < ChangesMax && _random.OneIn(2)) changes++;
        for (; changes > 0; changes--) input = _random.Of(target.Mutators).Change(input, source);
        return input.Length <= target.MaxBytes ? input : input[..target.MaxBytes];
    }

    private FuzzFinding? Take(byte[] input)
    {
        _inputs++;
        last?.Set(input);
        var fault = _check.Fault(input);
        if (fault is not null) return new FuzzFinding(target.Name, fault, input);
        if (options.IsGuided && coverage.TakeNew()) _corpus.Add(input);
        return null;
    }

    private HashSet<int> TakenBy(byte[] input, bool withCounts)
    {
        _ = _check.Fault(input);
        return coverage.Taken(withCounts);
    }
}
