using ChatServer.Storage;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Storage;

internal sealed class DurableTests
{
    [Test]
    public void Only_the_storage_states_that_a_batch_is_on_disk() =>
        Assert.That(
            Repository.Sources
                .Where(file => file.Project == "ChatServer" && file.Room != "Storage")
                .Where(file => file.Lines.Any(line => line.Contains($"{nameof(Durable)}.{nameof(Durable.UpTo)}", StringComparison.Ordinal)))
                .Select(file => file.Path),
            Is.Empty);

    [Test]
    public void The_default_proves_nothing()
    {
        Assert.That(default(Durable).Covers(BatchFrame.FirstNumber), Is.False);
        Assert.That((Durable.UpTo(3).Covers(3), Durable.UpTo(3).Covers(4)), Is.EqualTo((true, false)));
    }
}
