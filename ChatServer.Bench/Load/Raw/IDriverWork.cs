namespace ChatServer.Bench.Load.Raw;

/// <summary>Something that goes on for many turns of a <see cref="RawDriver"/>.</summary>
internal interface IDriverWork
{
    /// <summary>Goes on with it; true: it is done, or was given up.</summary>
    bool Turn();

    /// <summary>Why it was given up; null: it was not.</summary>
    string? Problem { get; }
}
