using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Storage;

internal sealed class DataDirectoryTests
{
    private string _root = "";

    private string DataPath => Path.Combine(_root, "data");

    private string ClusterPath => Path.Combine(DataPath, "cluster.json");

    [SetUp]
    public void Create() => _root = Directory.CreateTempSubdirectory("chatserver-data-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_root, recursive: true);

    [Test]
    public void What_was_drawn_at_the_creation_stays()
    {
        (ulong, string, string, int, string) first;
        using (var directory = DataDirectory.Open(DataPath)) first = Drawn(directory);
        using (var directory = DataDirectory.Open(DataPath)) Assert.That(Drawn(directory), Is.EqualTo(first));
        using var other = DataDirectory.Open(DataPath + "2");
        Assert.That((other.HashSeed, Convert.ToHexString(other.TokenKey)), Is.Not.EqualTo((first.Item1, first.Item2)));
        Assert.That((other.TokenKey.Length, other.Incarnation.Length, other.PartitionCount), Is.EqualTo((32, 16, 64)));

        static (ulong, string, string, int, string) Drawn(DataDirectory directory) =>
            (directory.HashSeed, Convert.ToHexString(directory.TokenKey), Convert.ToHexString(directory.Incarnation), directory.PartitionCount, directory.ShardId);
    }

    [Test]
    public void A_second_opener_is_refused_until_the_first_has_closed()
    {
        using (DataDirectory.Open(DataPath))
        {
            var refusal = Assert.Throws<StorageException>(() => DataDirectory.Open(DataPath));
            Assert.That(refusal?.Message, Does.Contain("in use by another chatserver"));
        }

        using var directory = DataDirectory.Open(DataPath);
    }

    [Test]
    public void Only_the_owner_can_read_what_is_in_it()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("no modes on this platform");
        else
        {
            using var directory = DataDirectory.Open(DataPath);
            using var log = FasterCommitLog.Open(directory, new CommitLogOptions { PageBytes = 4096, MemoryBytes = 8192, SegmentBytes = 4096 }, LogStart.Beginning, (_, _) => { });
            foreach (var path in Directory.EnumerateFiles(DataPath, "*", SearchOption.AllDirectories))
                Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite), path);
            foreach (var path in Directory.EnumerateDirectories(DataPath).Append(DataPath))
                Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute), path);
        }
    }

    [Test]
    public void A_flipped_bit_or_a_missing_end_of_the_cluster_file_is_noticed()
    {
        DataDirectory.Open(DataPath).Dispose();
        var bytes = File.ReadAllBytes(ClusterPath);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            RequireRefused(changed);
        }

        for (var length = 0; length < bytes.Length; length++) RequireRefused(bytes[..length]);
        File.WriteAllBytes(ClusterPath, bytes);
        DataDirectory.Open(DataPath).Dispose();
    }

    [Test]
    public void A_newer_format_is_refused_and_says_so()
    {
        DataDirectory.Open(DataPath).Dispose();
        File.WriteAllText(ClusterPath, File.ReadAllText(ClusterPath).Replace("\"format\": 2", "\"format\": 3", StringComparison.Ordinal));
        Assert.That(Assert.Throws<StorageException>(() => DataDirectory.Open(DataPath))?.Message, Does.Contain("use a newer chatserver"));
    }

    [Test]
    public void A_log_without_its_cluster_file_is_refused()
    {
        using (var directory = DataDirectory.Open(DataPath))
        {
            FasterCommitLog.Open(directory, new CommitLogOptions { PageBytes = 4096, MemoryBytes = 8192, SegmentBytes = 4096 }, LogStart.Beginning, (_, _) => { }).Dispose();
        }

        File.Delete(ClusterPath);
        Assert.That(Assert.Throws<StorageException>(() => DataDirectory.Open(DataPath))?.Message, Does.Contain("missing, but there is a log"));
    }

    [Test]
    public void A_path_that_is_a_file_is_refused()
    {
        File.WriteAllText(DataPath, "");
        Assert.Throws<StorageException>(() => DataDirectory.Open(DataPath));
    }

    private void RequireRefused(byte[] bytes)
    {
        File.WriteAllBytes(ClusterPath, bytes);
        var refusal = Assert.Throws<StorageException>(() => DataDirectory.Open(DataPath));
        Assert.That(refusal?.Message, Does.Not.Contain("\n"));
    }
}
