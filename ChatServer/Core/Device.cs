using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>One device of a user: its tokens, its send numbers. Its cursors are in the user's memberships, by slot.</summary>
internal sealed class Device(DeviceId id, byte slot, ulong addedTime)
{
    private Ring<Answer> _answers;

    public DeviceId Id { get; } = id;

    public byte Slot { get; } = slot;

    public ulong AddedTime { get; } = addedTime;

    /// <summary>End of the device's last session, or its beginning while one is open.</summary>
    public ulong LastSeen { get; set; }

    public ulong TokenFamily { get; set; }

    /// <summary>Generation of the token that was used last; the next one is the successor.</summary>
    public uint TokenGeneration { get; set; }

    /// <summary>Whether a token of the family has been used yet: the first one given out has generation 0 and no predecessor.</summary>
    public bool TokenUsed { get; set; }

    public Hash256 UsedToken { get; set; }

    public Hash256 NextToken { get; set; }

    /// <summary>False after a revocation: only a password opens a session then.</summary>
    public bool TokensValid { get; set; }

    public ulong Instance { get; set; }

    public uint Attempt { get; set; }

    /// <summary>The highest send number that was consumed.</summary>
    public ulong Mark { get; set; }

    /// <summary>The client has the final answer of every number up to here.</summary>
    public ulong Settled { get; set; }

    /// <summary>Answers of the numbers above <see cref="Settled"/> up to <see cref="Mark"/>, without holes.</summary>
    public ref Ring<Answer> Answers => ref _answers;

    public int PendingSends { get; set; }

    /// <summary>Marks up to this version were acknowledged by the device.</summary>
    public ulong MarksAcknowledged { get; set; }

    /// <summary>Its outbox overflowed while another device went on: the client is told at login until it acknowledges something.</summary>
    public bool Detached { get; set; }

    /// <summary>Volatile: its open session.</summary>
    public Outlet? Outlet { get; set; }

    public ulong ExpectedNumber => Math.Max(Mark, Settled) + 1;

    public ref Answer AnswerOf(ulong number)
    {
        ref var answer = ref Answers[checked((int)(number - Answers[0].Number))];
        Invariant.Holds(answer.Number == number, "answers have no holes");
        return ref answer;
    }

    public bool HasAnswer(ulong number) => Answers.Count > 0 && number >= Answers[0].Number && number <= Mark;

    /// <summary>How far a client's claim to have settled can be true: what is pending has no final answer.</summary>
    public ulong SettleableUpTo(ulong claimed)
    {
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.PendingSettled) return claimed;
#endif
        if (PendingSends == 0) return claimed;
        for (var i = 0; i < Answers.Count; i++)
        {
            if (Answers[i].Pending) return Math.Min(claimed, Answers[i].Number - 1);
        }

        return claimed;
    }

    public void Settle(ulong upTo)
    {
        if (upTo <= Settled) return;
        Settled = upTo;
        while (Answers.Count > 0 && Answers[0].Number <= upTo)
        {
            Invariant.Holds(!Answers[0].Pending, "a pending send is not settled");
            Answers.RemoveFirst();
        }
    }

#if MUTANTS
    public void ForgetAnswers()
    {
        while (Answers.Count > 0) Answers.RemoveFirst();
        Mark = Settled;
        PendingSends = 0;
    }
#endif

    public void Consume(in Answer answer, PartitionState state)
    {
        Invariant.Holds(answer.Number == ExpectedNumber, "a send number is consumed in its turn");
        Mark = answer.Number;
        Answers.Add(answer);
        state.Account.Taken++;
        if (answer.Pending)
        {
            PendingSends++;
            state.Account.Undecided++;
        }
        else if (answer.Code == ErrorCode.None)
        {
            state.Account.Accepted++;
        }
        else
        {
            state.Account.Refused++;
        }
    }
}
