namespace ChatServer.Bench.Checking;

/// <summary>A history that cannot be judged: not of the documented form, or it says what no recording can say.</summary>
public sealed class HistoryFormatException : Exception
{
    public HistoryFormatException()
    {
    }

    public HistoryFormatException(string message)
        : base(message)
    {
    }

    public HistoryFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
