using System.CommandLine;
using ChatServer.Bench.Fuzz;
using ChatServer.Bench.Fuzz.Mutation;
using ChatServer.Bench.Fuzz.Targets;
using ChatServer.Tests.Protocol;
using NUnit.Framework;

namespace ChatServer.Tests.Fuzz;

/// <summary>The parts of the search: what they keep, what they make, and that they are right about MessagePack.</summary>
internal sealed class FuzzPartsTests
{
    private const int Rounds = 5_000;

    /// <summary>Long bodies take long in the library and show nothing that short ones do not.</summary>
    private const int LongestBody = 1_000;

    private string _directory = "";

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("chatserver-fuzz-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_corpus_is_read_as_it_was_written_the_shortest_input_first()
    {
        using var target = FuzzTargets.Create("token");
        FuzzCorpus.Write(_directory, target, [[1, 2, 3], [], [0xFF]]);
        Assert.That(FuzzCorpus.Read(_directory, target), Is.EqualTo(new byte[][] { [], [0xFF], [1, 2, 3] }));
    }

    [Test]
    public void The_input_under_way_is_in_its_file()
    {
        var path = Path.Combine(_directory, "last");
        Assert.That(LastInput.Read(path), Is.Null);
        using var last = new LastInput(path, 100);
        last.Set(new byte[100]);
        last.Set([1, 2, 3]);
        Assert.That(LastInput.Read(path), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void A_search_leaves_the_inputs_it_starts_from_as_they_are()
    {
        var random = Random();
        foreach (var name in FuzzTargets.Names)
        {
            using var target = FuzzTargets.Create(name);
            var before = target.Seeds.Select(seed => seed.ToArray()).ToList();
            var source = new MutationSource(random, target.Seeds, target);
            for (var i = 0; i < Rounds / 100; i++)
            {
                foreach (var mutator in target.Mutators) mutator.Change(random.Of(target.Seeds), source);
            }

            Assert.That(target.Seeds, Is.EqualTo(before), name);
        }
    }

    [Test]
    public void The_walk_through_a_body_finds_what_the_library_finds()
    {
        using var target = FuzzTargets.Create("receipt");
        var random = Random();
        var source = new MutationSource(random, target.Seeds, target);
        var elements = new List<MessagePackElement>();
        var bodies = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var body = random.Of(target.Mutators).Change(random.Of(target.Seeds), source);
            if (body.Length > LongestBody) continue;
            var isBody = MessagePackWalk.TryRead(body, elements);
            var theirs = BodyElements.Value(body);
            // The library replaces what is no UTF-8, and takes no deeper nesting than it is told; the walk looks at lengths only.
            if (theirs is not null && !isBody) Assert.Fail(Convert.ToHexString(body));
            if (theirs is null || !isBody) continue;
            bodies++;
            var agree = elements.Select(element => (element.Start, element.End)).SequenceEqual(BodyElements.Of(body).Select(element => (element.Start, element.End)));
            if (!agree) Assert.Fail(Convert.ToHexString(body));
        }

        Assert.That(bodies, Is.GreaterThan(Rounds / 10));
    }

    [Test]
    public void Every_kind_of_frame_has_a_target()
    {
        var about = string.Concat(FuzzTargets.Names.Select(name =>
        {
            using var target = FuzzTargets.Create(name);
            return target.About + "\n";
        }));
        foreach (var decoder in BodyDecoder.All) Assert.That(about, Does.Match($@"\b{decoder.Kind}\b"));
    }

    [Test]
    public void Seeds_of_the_decoders_are_frames_that_decode()
    {
        var meter = new FuzzMeter();
        foreach (var decoder in BodyDecoder.All) Assert.That(GoldenVectors.Bodies[decoder.Kind].Select(body => decoder.Check(body, meter)), Has.Some.EqualTo(ChatServer.Protocol.Wire.ErrorCode.None), $"{decoder.Kind}");
    }

    [TestCase(new[] { "replay", "token", "00" }, 0)]
    [TestCase(new[] { "replay", "token", "no hex" }, 2)]
    [TestCase(new[] { "list" }, 0)]
    public void The_exit_code_says_what_came_of_it(string[] arguments, int expected) =>
        Assert.That(FuzzCommands.Create().Parse(arguments).Invoke(), Is.EqualTo(expected));

    private static FuzzRandom Random() => new((ulong)RoundTripTests.Seeded().NextInt64());
}
