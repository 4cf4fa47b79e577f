using ChatServer.Bench.Fuzz;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Fuzz;

/// <summary>What the search has kept so far is run with every test run: what was found once and repaired stays so.</summary>
internal sealed class CorpusTests
{
    private const long MostBytes = 300_000;

    private static readonly string Folder = Path.Combine(Repository.Root, "ChatServer.Tests", "Fuzz", "Corpus");

    [TestCaseSource(typeof(FuzzTargets), nameof(FuzzTargets.Names))]
    public void The_kept_inputs_and_the_seeds_of_a_target_are_clean(string name)
    {
        using var target = FuzzTargets.Create(name);
        var kept = FuzzCorpus.Read(Folder, target);
        Assert.That(kept, Is.Not.Empty, "nothing is kept");
        Assert.That(target.Name, Is.EqualTo(name));
        var check = new FuzzCheck(target);
        foreach (var input in target.Seeds.Concat(kept))
        {
            var fault = check.Fault(input);
            if (fault is not null) Assert.Fail(new FuzzFinding(name, fault, input).ToString());
        }
    }

    [Test]
    public void The_corpus_is_small_and_of_targets_that_there_are()
    {
        var files = Directory.GetFiles(Folder);
        Assert.That(files.Select(Path.GetFileNameWithoutExtension), Is.EquivalentTo(FuzzTargets.Names));
        Assert.That(files.Sum(file => new FileInfo(file).Length), Is.LessThan(MostBytes));
    }
}
