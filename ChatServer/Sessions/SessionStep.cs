namespace ChatServer.Sessions;

/// <summary>What the loop has to do after a frame.</summary>
internal enum SessionStep : byte
{
    /// <summary>Go on reading.</summary>
    Continue,

    /// <summary>Stop reading until the session resumes.</summary>
    Pause,

    /// <summary>Hello has named the user: the session goes on at the loop of the user's home, with <see cref="Handshake.Begin"/>.</summary>
    GoHome,

    /// <summary>A password has to be compared or hashed: <see cref="Session.Login"/> says which.</summary>
    HashPassword,

    /// <summary>What was said is the last; close once it is sent.</summary>
    Close,
}
