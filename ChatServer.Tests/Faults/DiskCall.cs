namespace ChatServer.Tests.Faults;

/// <summary>What a disk is asked to do.</summary>
internal enum DiskCall
{
    Read,
    Write,
    Sync,
}
