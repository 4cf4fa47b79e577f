namespace ChatServer.Storage;

/// <summary>Bytes of the records of all sections of the drain under way, kept up to date so that nobody has to add them up.</summary>
internal sealed class DrainBytes
{
    public long Count { get; set; }
}
