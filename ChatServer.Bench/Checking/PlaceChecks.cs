using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Checking;

/// <summary>P2, P3 and P4 of places: a message has one, a place has one message, and their order is the same for all.</summary>
internal sealed class PlaceChecks(CheckedWorld world, Findings findings)
{
    /// <summary>
    /// Somebody was told that a message has a place: by its answer or by a delivery. False: that breaks a property, and the message has
    /// another place or none.
    /// </summary>
    public bool TryPlace(int index, ulong sequence, ulong time, bool isAnswer)
    {
        ref var message = ref world.Messages[index];
        if (message.Outcome == SendOutcome.Fail)
        {
            findings.Invented++;
            findings.Found(Property.P2, $"{Name(index)} was refused with {message.Code} and has the place {sequence}");
            return false;
        }

        if (message.Sequence == 0) return IsOnlyOne(index) && TryPlaceNew(index, sequence, time);
        if (message.Sequence != sequence)
        {
            TwoPlaces(index, sequence, isAnswer);
            return false;
        }

        if (time == 0 || message.Time == time) return true;
        if (message.Time != 0)
        {
            findings.Contradicted++;
            findings.Found(Property.P3, $"{Name(index)} has the times {message.Time} and {time}");
            return false;
        }

        message.Time = time;
        SayIfBackInTime(index);
        return true;
    }

    /// <summary>As sentences name a message.</summary>
    public string Name(int index)
    {
        ref var message = ref world.Messages[index];
        return $"send {message.Number} of {world.Names.NameOfDevice(world.LifeOf(message).Device.Number)} to {world.Names.NameOfConversation(message.Conversation)}";
    }

    /// <summary>How many places are wrong in all, counted at the end: each message that comes after a later one of its author, or back in time.</summary>
    public (long Reordered, Violation? First) JudgeOrder()
    {
        long reordered = 0;
        Violation? first = null;
        var last = new Dictionary<int, uint>();
        foreach (var conversation in world.Conversations)
        {
            last.Clear();
            ulong time = 0;
            foreach (var index in conversation.Places)
            {
                if (index < 0) continue;
                ref var message = ref world.Messages[index];
                var isOvertaken = message.Number < last.GetValueOrDefault(message.Life);
                var isBackInTime = message.Time != 0 && message.Time < time;
                last[message.Life] = Math.Max(message.Number, last.GetValueOrDefault(message.Life));
                if (message.Time != 0) time = message.Time;
                if (!isOvertaken && !isBackInTime) continue;
                reordered++;
                first ??= new Violation(isOvertaken ? Property.P4 : Property.P3, message.Event, $"{Name(index)} has the place {message.Sequence}, {(isOvertaken ? "after a later one of its device" : "and an earlier time than the one before it")}");
            }
        }

        return (reordered, first);
    }

    /// <summary>Between two pushes lies only what the device wrote itself, or one whose place it inherited.</summary>
    public void JudgePassedOver(Standing standing, ulong sequence, int index)
    {
        var author = world.LifeOf(world.Messages[index]);
        if (author.Device == standing.Device || (author.MayBeGone && author.Device.User == standing.Device.User)) return;
        findings.Gaps++;
        findings.Found(Property.P3, $"{world.Names.NameOfDevice(standing.Device.Number)} was not pushed {sequence}, {Name(index)}, and was pushed a later one");
    }

    /// <summary>A user has what they wrote.</summary>
    public void JudgeOwn(Reader reader, ulong sequence, int index)
    {
        if (world.LifeOf(world.Messages[index]).Device.User == reader.User) return;
        findings.FalseMarks++;
        findings.Found(Property.P5, $"a mark says that {world.Names.NameOfUser(reader.User)} has {sequence}, {Name(index)}, and no device of theirs said so");
    }

    // A device without its store may use a number again that its predecessor used in vain: one of them happened at most.
    private bool IsOnlyOne(int index)
    {
        ref var message = ref world.Messages[index];
        var others = world.SameNumber(message.Life, message.Number);
        if (others.Count == 0) return true;
        foreach (var other in others.Append(world.NewestOf(message)))
        {
            if (other == index || world.Messages[other].Sequence == 0) continue;
            findings.Duplicated++;
            findings.Found(Property.P2, $"{Name(index)} happened with two contents");
            return false;
        }

        return true;
    }

    private bool TryPlaceNew(int index, ulong sequence, ulong time)
    {
        ref var message = ref world.Messages[index];
        var conversation = world.Conversation(message.Conversation);
        if (sequence == 0 || sequence > (ulong)conversation.Sent)
        {
            findings.Gaps++;
            findings.Found(Property.P3, $"{Name(index)} has the place {sequence}, and only {conversation.Sent} messages can be there");
            return false;
        }

        if (conversation.TryAt(sequence, out var there))
        {
            findings.Reordered++;
            findings.Found(Property.P3, $"{Name(index)} and {Name(there)} have the same place {sequence}");
            return false;
        }

        conversation.Place(sequence, index);
        message.Sequence = (uint)sequence;
        message.Time = time;
        message.Event = (uint)Math.Min(findings.Events, uint.MaxValue);
        if (conversation.Undecided > 0) Decide(conversation, sequence, index);
        SayIfOvertaken(index);
        SayIfBackInTime(index);
        return true;
    }

    private void TwoPlaces(int index, ulong sequence, bool isAnswer)
    {
        ref var message = ref world.Messages[index];
        if (isAnswer && message.Outcome == SendOutcome.Ok)
        {
            findings.Contradicted++;
            findings.Found(Property.P2, $"{Name(index)} was answered with the place {message.Sequence}, then with {sequence}");
            return;
        }

        // Promised there and found here is the wrong order; found there and found here is there twice.
        var isThereTwice = !isAnswer && IsKept(index);
        if (isThereTwice) findings.Duplicated++;
        else findings.Reordered++;
        findings.Found(isThereTwice ? Property.P2 : Property.P3, $"{Name(index)} has the places {message.Sequence} and {sequence}");
    }

    private bool IsKept(int index)
    {
        ref var message = ref world.Messages[index];
        foreach (var standing in world.Conversation(message.Conversation).Standings)
        {
            if (standing.Kept.Contains(message.Sequence) || standing.Pushed == message.Sequence) return true;
        }

        return false;
    }

    // The first message that is out of order is nearly always next to the highest; what this does not see, JudgeOrder does.
    private void SayIfOvertaken(int index)
    {
        ref var message = ref world.Messages[index];
        if (!world.TryStanding(world.LifeOf(message).Device.Number, message.Conversation, out var author)) return;
        if (author.PlacedLife == message.Life && (message.Number < author.PlacedNumber) != (message.Sequence < author.PlacedSequence))
            findings.Found(Property.P4, $"{Name(index)} has the place {message.Sequence}, and its send {author.PlacedNumber} has {author.PlacedSequence}");
        if (author.PlacedLife == message.Life && message.Number < author.PlacedNumber) return;
        (author.PlacedLife, author.PlacedNumber, author.PlacedSequence) = (message.Life, message.Number, message.Sequence);
    }

    private void SayIfBackInTime(int index)
    {
        ref var message = ref world.Messages[index];
        if (message.Time == 0) return;
        var conversation = world.Conversation(message.Conversation);
        if (conversation.TryAt(message.Sequence - 1UL, out var before) && world.Messages[before].Time > message.Time)
            findings.Found(Property.P3, $"{Name(index)} has the place {message.Sequence} and an earlier time than {Name(before)} before it");
        if (conversation.TryAt(message.Sequence + 1UL, out var after) && world.Messages[after].Time is > 0 and var next && next < message.Time)
            findings.Found(Property.P3, $"{Name(after)} has the place {message.Sequence + 1UL} and an earlier time than {Name(index)} before it");
    }

    // It is known now whose the entry is, and others had passed it over or counted it as received.
    private void Decide(CheckedConversation conversation, ulong sequence, int index)
    {
        foreach (var standing in conversation.Standings)
        {
            if (!standing.PassedOver.TryRemove(sequence)) continue;
            conversation.Undecided--;
            JudgePassedOver(standing, sequence, index);
        }

        foreach (var reader in conversation.Readers)
        {
            if (!reader.MustBeOwn.TryRemove(sequence)) continue;
            conversation.Undecided--;
            JudgeOwn(reader, sequence, index);
        }
    }
}
