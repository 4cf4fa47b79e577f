namespace ChatServer.Storage;

/// <summary>
/// This directory cannot be used as it is: it is in use, of a newer format, incomplete or not ours. One line for the person at
/// the terminal, with the path in it; nothing on disk was changed.
/// </summary>
internal sealed class DataDirectoryException : Exception
{
    public DataDirectoryException()
    {
    }

    public DataDirectoryException(string message)
        : base(message)
    {
    }

    public DataDirectoryException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
