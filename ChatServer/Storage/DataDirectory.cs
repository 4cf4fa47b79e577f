using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace ChatServer.Storage;

/// <summary>
/// The directory of one shard: <c>LOCK</c>, <c>cluster.json</c>, <c>log/</c>, <c>checkpoint/</c>,
/// <c>cold/</c>. Held by one process as long as this lives; the
/// lock goes with the process, however it ends. Files have mode 0600, directories 0700.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const string LockName = "LOCK";
    public const string LogName = "log";
    public const string CheckpointName = "checkpoint";
    public const string ColdName = "cold";

    private const int MaxPartitions = BatchFrame.MaxSections;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock, ClusterSettings cluster)
    {
        _lock = @lock;
        FullPath = path;
        Cluster = cluster;
    }

    public string FullPath { get; }

    public ClusterSettings Cluster { get; private set; }

    /// <summary>Which shard this is, as clients are told.</summary>
    public string ShardId => Cluster.ShardId.ToString(CultureInfo.InvariantCulture);

    public int PartitionCount => Cluster.PartitionCount;

    /// <summary>Places users and groups on partitions. Secret.</summary>
    public ulong HashSeed => Cluster.HashSeed;

    /// <summary>Signs device tokens. Secret; a copy.</summary>
    public byte[] TokenKey => Cluster.TokenKey.ToArray();

    /// <summary>What clients are told: another one means that what they know of conversations may not hold any more. A copy.</summary>
    public byte[] Incarnation => Cluster.Incarnation.ToArray();

    public string LogPath => Path.Combine(FullPath, LogName);

    /// <summary>The history id as a number, as segments and slots keep it.</summary>
    public UInt128 History => BinaryPrimitives.ReadUInt128BigEndian(Cluster.HistoryId.Span);

    private string ClusterPath => Path.Combine(FullPath, ClusterFile.FileName);

    /// <summary>
    /// Locks and reads the directory, creates it where there is none. The arguments are for a new one; an existing one keeps
    /// what it was created with. Throws <see cref="StorageException"/> when it cannot be used.
    /// </summary>
    public static DataDirectory Open(
        string path, int partitionCount = ClusterSettings.DefaultPartitionCount, int sectorBytes = ClusterSettings.DefaultSectorBytes)
    {
        path = Path.GetFullPath(path);
        FileStream? held = null;
        try
        {
            CreateDirectory(path);
            held = Lock(path);
            var cluster = ReadOrCreate(path, partitionCount, sectorBytes);
            return new DataDirectory(path, held, cluster);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new StorageException($"{path}: cannot be used as a data directory: {failure.Message}", failure);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Open"/>, for a directory that there is; none is made.</summary>
    public static DataDirectory OpenExisting(string path)
    {
        path = Path.GetFullPath(path);
        if (!File.Exists(Path.Combine(path, ClusterFile.FileName)) && !Directory.Exists(Path.Combine(path, LogName)))
            throw new StorageException($"{path}: not a data directory");
        return Open(path);
    }

    /// <summary>Where checkpoints are; the directory is made if it is not there.</summary>
    public CheckpointFiles OpenCheckpoints() => new(Folder(CheckpointName), History);

    /// <summary>Where cold files are; the directory is made if it is not there.</summary>
    public ColdFiles OpenColdFiles() => ColdFiles.Open(Folder(ColdName), History);

    /// <summary>From now on the log must be there at every start. Called once, when all of it is on disk.</summary>
    public void LogWasCreated()
    {
        var cluster = Cluster with { LogCreated = true };
        ClusterFile.Write(ClusterPath, cluster);
        Cluster = cluster;
    }

    /// <summary>A directory with mode 0700, on disk when this returns.</summary>
    public static void CreateDirectory(string path)
    {
        if (Directory.Exists(path)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent) Posix.SyncDirectory(parent);
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>The files of a directory below this one.</summary>
    public DiskFolder Folder(string name)
    {
        var path = Path.Combine(FullPath, name);
        CreateDirectory(path);
        return new DiskFolder(path, BlockFile.Open);
    }

    private static FileStream Lock(string path)
    {
        var lockPath = Path.Combine(path, LockName);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix and exclusive use on Windows.
            return new FileStream(lockPath, options);
        }
        catch (IOException failure) when (IsHeld(failure))
        {
            throw new StorageException($"{path}: in use by another chatserver ({LockName} is held)", failure);
        }
    }

    // EAGAIN of flock on Linux and macOS, a sharing or lock violation on Windows; anything else is told in the system's words.
    private static bool IsHeld(IOException failure) => (failure.HResult & 0xFFFF) is 11 or 35 or 32 or 33;

    private static ClusterSettings ReadOrCreate(string path, int partitionCount, int sectorBytes)
    {
        var file = Path.Combine(path, ClusterFile.FileName);
        if (File.Exists(file)) return Checked(file, ClusterFile.Read(file));
        if (Directory.Exists(Path.Combine(path, LogName)))
            throw new StorageException($"{file}: missing, but there is a log; without it the log cannot be read");
        var history = RandomNumberGenerator.GetBytes(ClusterSettings.HistoryIdBytes);
        var cluster = Checked(file, new ClusterSettings
        {
            PartitionCount = partitionCount,
            SectorBytes = sectorBytes,
            HashSeed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            TokenKey = RandomNumberGenerator.GetBytes(ClusterSettings.TokenKeyBytes),
            HistoryId = history,
            Incarnation = history,
        });
        ClusterFile.Write(file, cluster);
        return cluster;
    }

    private static ClusterSettings Checked(string file, ClusterSettings cluster)
    {
        var partitions = cluster.PartitionCount;
        if (partitions is < 1 or > MaxPartitions || (partitions & (partitions - 1)) != 0)
            throw new StorageException($"{file}: {partitions} partitions; a power of two up to {MaxPartitions} is needed");
        if (cluster.TokenKey.Length != ClusterSettings.TokenKeyBytes || cluster.HistoryId.Length != ClusterSettings.HistoryIdBytes || cluster.Incarnation.Length != ClusterSettings.HistoryIdBytes)
            throw new StorageException($"{file}: a key or an id has the wrong length");
        return cluster;
    }
}
