namespace ChatServer.Bench.Load.Raw;

/// <summary>What a generator can be told.</summary>
internal enum GeneratorVerb
{
    None,

    /// <summary>Users log in, so many at a time; done when all are there.</summary>
    Connect,

    /// <summary>Users acknowledge and leave; done when all are gone.</summary>
    Leave,

    /// <summary>Users send as fast as answers come, or stop.</summary>
    SendClosed,

    /// <summary>So many sends a second are due from a moment on; 0 stops.</summary>
    SendRate,

    /// <summary>So many sends are due now; done when all are answered.</summary>
    SendCount,

    /// <summary>Users log in, and leave as soon as they are welcome, again and again; done after some time.</summary>
    Login,

    /// <summary>All connections break at once, and are made again, so many at a time; done when all are there.</summary>
    Storm,

    /// <summary>A day of users who come and go, told by a seed; done after some time.</summary>
    Day,

    /// <summary>Users read so many bytes at a turn, none with 0, or as fast as they can when it is off.</summary>
    Slow,

    /// <summary>Done when everything that was promised has come and everything that was sent is answered.</summary>
    Drain,

    /// <summary>What was measured since the last sample.</summary>
    Sample,

    /// <summary>For the history: the server is killed, or has started again.</summary>
    NoteKilled,

    NoteStarted,

    /// <summary>What it all comes to; nothing may follow but the end.</summary>
    Judge,

    End,
}
