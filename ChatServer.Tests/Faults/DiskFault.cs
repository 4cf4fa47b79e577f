namespace ChatServer.Tests.Faults;

/// <summary>What becomes of one call to a disk.</summary>
internal enum DiskFault
{
    None,

    /// <summary>The call fails with EIO. A write has done half of its work; a sync has dropped what was not on disk, and the next one says nothing of it.</summary>
    InputOutput,

    /// <summary>The call fails with ENOSPC.</summary>
    NoSpace,

    /// <summary>Half of the bytes are written or read, which is no error.</summary>
    Short,

    /// <summary>The write is reported, read back and synced like any other; the power goes some calls later, and it was never there.</summary>
    Lost,

    /// <summary>The power goes during the call, and of all that was not synced some sectors survive.</summary>
    Torn,
}
