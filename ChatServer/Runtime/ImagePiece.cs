namespace ChatServer.Runtime;

/// <summary>The kinds of chunks in a checkpoint. Numbers that were used are never used for something else.</summary>
internal enum ImagePiece : uint
{
    /// <summary>Where a partition's chain of sections stands, and where in the log those lie that it needs (<see cref="PartitionPlace"/>).</summary>
    Place = 1,

    /// <summary>Its state without the users.</summary>
    Head = 2,

    /// <summary>Some of its users.</summary>
    Users = 3,
}
