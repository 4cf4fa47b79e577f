using ChatServer.Core;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

internal sealed class RingTests
{
    [Test]
    public void It_is_a_queue_with_two_ends_whatever_its_length()
    {
        var random = new Random(5);
        var ring = new Ring<int>();
        var model = new List<int>();
        for (var i = 0; i < 100_000; i++)
        {
            var grows = i / 5_000 % 2 == 0; // to 2,000 and more, and down to nothing again
            if (random.Next(3) > 0 == grows || model.Count == 0)
            {
                if (random.Next(2) == 0)
                {
                    ring.Add(i);
                    model.Add(i);
                }
                else
                {
                    ring.AddFirst(i);
                    model.Insert(0, i);
                }
            }
            else
            {
                Assert.That(ring.RemoveFirst(), Is.EqualTo(model[0]));
                model.RemoveAt(0);
            }

            Assert.That(ring.Count, Is.EqualTo(model.Count));
            if (model.Count == 0) continue;
            var position = random.Next(model.Count);
            Assert.That(ring[position], Is.EqualTo(model[position]));
        }
    }

    [Test]
    public void What_fills_and_empties_allocates_nothing()
    {
        var ring = new Ring<(long, long)>();
        FillAndEmpty(ref ring);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) FillAndEmpty(ref ring);

        // It begins with one item and four before it borrows.
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 100, Is.LessThan(200));
    }

    private static void FillAndEmpty(ref Ring<(long, long)> ring)
    {
        for (var i = 0; i < 1_000; i++) ring.Add((i, i));
        while (ring.Count > 0) ring.RemoveFirst();
    }
}
