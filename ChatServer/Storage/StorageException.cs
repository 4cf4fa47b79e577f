using System.Diagnostics.CodeAnalysis;

namespace ChatServer.Storage;

/// <summary>
/// The log cannot be trusted or written: what is on disk does not verify, the device failed, or a promise between the rooms was
/// broken. One line that names file and offset where there is one. Nobody continues after it.
/// </summary>
internal sealed class StorageException : Exception
{
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

    /// <summary>An invariant that stays on in release.</summary>
    public static void Assert([DoesNotReturnIf(false)] bool holds, string broken)
    {
        if (!holds) ThrowBroken(broken);
    }

    [DoesNotReturn]
    private static void ThrowBroken(string broken) => throw new StorageException($"broken promise in the storage: {broken}");
}
