using ChatServer.Bench.Fuzz;
using ChatServer.Tests.Protocol;
using NUnit.Framework;

namespace ChatServer.Tests.Fuzz;

/// <summary>The search finds what is there: each kind of fault, and by being guided.</summary>
internal sealed class FuzzLoopTests
{
    private const long MostInputs = 2_000_000;

    private string _directory = "";
    private InstrumentedContext? _copy;

    [OneTimeSetUp]
    public void Instrument()
    {
        _directory = Directory.CreateTempSubdirectory("chatserver-fuzz-").FullName;
        var own = typeof(PlantedDecoder).Assembly.GetName().Name ?? "";
        InstrumentedContext.Instrument(_directory, own, type => type == typeof(PlantedDecoder).FullName);
        _copy = new InstrumentedContext(_directory, own);
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_directory, recursive: true);

    [TestCase(PlantedFault.Escapes, "InvalidOperationException escaped")]
    [TestCase(PlantedFault.Allocates, "bytes allocated for")]
    [TestCase(PlantedFault.Lingers, "ms taken")]
    [TestCase(PlantedFault.Differs, "what was read is written as it was")]
    public void A_planted_fault_is_found(PlantedFault fault, string named)
    {
        var seed = Seed();
        var (found, inputs) = Search(fault, isGuided: true, MostInputs, seed);
        TestContext.Out.WriteLine($"seed {seed}: found after {inputs} inputs");
        Assert.That(found, Does.Contain(named));
    }

    [Test]
    public void It_is_the_guidance_that_finds_it()
    {
        var seed = Seed();
        var (found, inputs) = Search(PlantedFault.Escapes, isGuided: false, MostInputs / 4, seed);
        Assert.That((found, inputs), Is.EqualTo(("", MostInputs / 4)), $"seed {seed}");
    }

    [Test]
    public void The_same_seed_makes_the_same_choices()
    {
        var first = Search(PlantedFault.Escapes, isGuided: true, MostInputs, 5);
        Assert.That(Search(PlantedFault.Escapes, isGuided: true, MostInputs, 5), Is.EqualTo(first));
    }

    private (string Fault, long Inputs) Search(PlantedFault fault, bool isGuided, long maxInputs, ulong seed)
    {
        var copy = _copy ?? throw new InvalidOperationException("the set-up failed");
        return ((string, long))copy.Call(typeof(PlantedSearch), nameof(PlantedSearch.Run), (int)fault, isGuided, maxInputs, seed)!; // a pair
    }

    private static ulong Seed() => (ulong)RoundTripTests.Seeded().NextInt64();
}
