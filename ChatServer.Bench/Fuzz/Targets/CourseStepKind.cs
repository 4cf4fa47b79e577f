namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>What happens in a step of a course of events.</summary>
internal enum CourseStepKind : byte
{
    /// <summary>A client sends a frame.</summary>
    Frame,

    /// <summary>A client sends a Hello with the token that its device got last.</summary>
    LoginAgain,

    Connect,

    Hangup,

    /// <summary>Time passes.</summary>
    Wait,
}
