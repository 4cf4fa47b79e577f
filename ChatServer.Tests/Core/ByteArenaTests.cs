using ChatServer.Core;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

internal sealed class ByteArenaTests
{
    [Test]
    public void Values_of_all_lengths_come_back_as_they_were()
    {
        var arena = new ByteArena();
        var random = new Random(7);
        var values = new List<(uint Address, byte[] Value)>();
        for (var i = 0; i < 3_000; i++)
        {
            var value = new byte[i % 100 == 0 ? random.Next(40_000) : random.Next(200)];
            random.NextBytes(value);
            values.Add((arena.Add(value), value));
        }

        foreach (var (address, value) in values) Assert.That(arena[address].SequenceEqual(value), Is.True, $"{value.Length} bytes at {address}");
        Assert.That(arena.Waste, Is.Zero);
    }

    [Test]
    public void Nothing_is_at_address_0()
    {
        var arena = new ByteArena();
        arena.Add([1, 2, 3]);
        Assert.That(arena.Add([]), Is.Zero);
        Assert.That(arena[0].Length, Is.Zero);
    }

    [Test]
    public void A_value_of_the_same_length_takes_the_place_of_the_old_one()
    {
        var arena = new ByteArena();
        var (first, second) = (arena.Add([1, 2, 3]), arena.Add([4, 5, 6]));
        Assert.That(arena.Replace(first, [7, 8, 9]), Is.EqualTo(first));
        Assert.That(arena[first].ToArray(), Is.EqualTo(new byte[] { 7, 8, 9 }));
        Assert.That(arena[second].ToArray(), Is.EqualTo(new byte[] { 4, 5, 6 }));
        Assert.That(arena.Waste, Is.Zero);
    }

    [Test]
    public void A_value_of_another_length_leaves_waste_that_is_counted()
    {
        var arena = new ByteArena();
        var first = arena.Add(new byte[200]);
        var moved = arena.Replace(first, [1]);
        Assert.That(moved, Is.Not.EqualTo(first));
        Assert.That(arena[moved].ToArray(), Is.EqualTo(new byte[] { 1 }));
        Assert.That(arena.Waste, Is.EqualTo(202));
    }
}
