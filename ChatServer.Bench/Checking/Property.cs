namespace ChatServer.Bench.Checking;

/// <summary>What must hold whatever breaks. The numbers are the ones that messages and documents use.</summary>
public enum Property
{
    /// <summary>No lost promise: what was answered with a place reaches every device that it is due to.</summary>
    P1 = 1,

    /// <summary>Exactly one effect: a send has one place and one answer, and nothing comes that nobody sent, or to the wrong user.</summary>
    P2 = 2,

    /// <summary>One gapless order per conversation, the same for all members, for ever, across restarts.</summary>
    P3 = 3,

    /// <summary>The sends of a device keep their order.</summary>
    P4 = 4,

    /// <summary>Marks only rise, and are true: a device of that user reported it.</summary>
    P5 = 5,

    /// <summary>Frames for a user come only on connections that are logged in as that user.</summary>
    P6 = 6,

    /// <summary>Every queue and buffer is within its cap.</summary>
    P9 = 9,

    /// <summary>After the faults have ended everything goes through in time.</summary>
    P10 = 10,
}
