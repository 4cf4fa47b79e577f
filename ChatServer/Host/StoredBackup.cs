using System.Globalization;
using System.Security.Cryptography;
using ChatServer.Storage;

namespace ChatServer.Host;

/// <summary>Copies of a data directory that no server holds, verified first: a backup of a stopped server, and a backup restored.</summary>
internal static class StoredBackup
{
    private const long BytesPerSign = 256L * 1024 * 1024;

    /// <summary>A copy that is the same history to clients.</summary>
    /// <exception cref="StorageException">The source does not verify, or the target is not empty.</exception>
    public static void BackUp(string source, string target, TextWriter output, TextWriter progress) => Copy(source, target, isRestored: false, output, progress);

    /// <summary>A copy that clients are told is another history: what they have and the backup has not may not be counted on.</summary>
    /// <exception cref="StorageException">The backup does not verify, or the target is not empty.</exception>
    public static void Restore(string backup, string target, TextWriter output, TextWriter progress) => Copy(backup, target, isRestored: true, output, progress);

    private static void Copy(string source, string target, bool isRestored, TextWriter output, TextWriter progress)
    {
        long copied = 0;
        using (var log = StoredLog.Open(source))
        {
            var (_, last) = LogVerification.Run(log, output, progress);
            var folder = BackupFolder.Create(target, bytes =>
            {
                if ((copied + bytes) / BytesPerSign > copied / BytesPerSign) progress.WriteLine(Line($"{copied + bytes} bytes"));
                copied += bytes;
            });
            var checkpoints = log.Directory.Folder(DataDirectory.CheckpointName);
            var cold = log.Directory.Folder(DataDirectory.ColdName);
            folder.Copy(checkpoints, DataDirectory.CheckpointName, checkpoints.Names);
            folder.Copy(cold, DataDirectory.ColdName, cold.Names);
            log.CopyTo(folder, last);
            var cluster = log.Directory.Cluster;
            folder.Complete(isRestored ? cluster with { Incarnation = RandomNumberGenerator.GetBytes(ClusterSettings.HistoryIdBytes) } : cluster);
        }

        // What was written is read back: a copy that nobody has looked at is none.
        using (var written = StoredLog.Open(target)) LogVerification.Run(written, TextWriter.Null, TextWriter.Null);
        output.WriteLine(Line($"{(isRestored ? "restored" : "backed up")} {copied} bytes to {target}"));
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
