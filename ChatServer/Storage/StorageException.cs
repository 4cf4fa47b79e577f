using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace ChatServer.Storage;

/// <summary>
/// The log cannot be trusted or written: what is on disk does not verify, the device failed, or a promise between the rooms was
/// broken. One line that names file and offset where there is one. Nobody continues after it.
/// </summary>
internal sealed class StorageException : Exception
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    public StorageException()
    {
    }

    public StorageException(string message)
        : base(message)
    {
    }

    public StorageException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The number the system gave, 0 without one.</summary>
    public int ErrorNumber { get; private init; }

    /// <summary>Nothing is wrong with the device, it is only full.</summary>
    public bool IsDiskFull => ErrorNumber is NoSpace or QuotaExceeded;

    /// <summary>A call of the system failed; its own words and number are kept.</summary>
    public static StorageException OfCall(string path, string act, int errorNumber) =>
        new($"{path}: {act} failed: {Marshal.GetPInvokeErrorMessage(errorNumber)} (error {errorNumber})") { ErrorNumber = errorNumber };

    /// <summary>The same from what .NET reports, where the call is its own.</summary>
    public static StorageException OfCall(string path, string act, IOException failure)
    {
        const int WindowsDiskFull = 112;
        const int WindowsHandleDiskFull = 39;
        const int CodeMask = 0xFFFF;
        var code = failure.HResult & CodeMask;
        var full = OperatingSystem.IsWindows() ? code is WindowsDiskFull or WindowsHandleDiskFull : code is NoSpace or QuotaExceeded;
        return new StorageException($"{path}: {act} failed: {failure.Message}", failure) { ErrorNumber = full ? NoSpace : code };
    }

    /// <summary>An invariant that stays on in release.</summary>
    public static void Assert([DoesNotReturnIf(false)] bool holds, string broken)
    {
        if (!holds) ThrowBroken(broken);
    }

    [DoesNotReturn]
    private static void ThrowBroken(string broken) => throw new StorageException($"broken promise in the storage: {broken}");
}
