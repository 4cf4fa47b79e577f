namespace ChatServer.Tests.Simulation;

/// <summary>The process ended, in the middle of what it was doing.</summary>
internal sealed class ProcessKilledException : Exception
{
    public ProcessKilledException()
    {
    }

    public ProcessKilledException(string message)
        : base(message)
    {
    }

    public ProcessKilledException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
