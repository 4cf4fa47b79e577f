namespace ChatServer.Tests.Core;

/// <summary>The world crashed while something outside its loops was under way, which ends with it.</summary>
internal sealed class WorldCrashed : Exception
{
    public WorldCrashed()
    {
    }

    public WorldCrashed(string message)
        : base(message)
    {
    }

    public WorldCrashed(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
