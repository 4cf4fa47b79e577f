namespace ChatServer.Bench.Checking;

/// <summary>What devices are pushed and keep: nothing but what was sent to them, in one chain, each once.</summary>
internal sealed class DeliveryChecks(CheckedWorld world, Findings findings, PlaceChecks places, Promises promises)
{
    public long Received { get; private set; }

    public long Redelivered { get; private set; }

    public void Delivered(in HistoryEvent e)
    {
        if (!world.TryStanding(e.Device, e.Conversation, out var standing))
        {
            findings.Invented++;
            findings.Found(Property.P2, $"{world.Names.NameOfDevice(e.Device)} was pushed {e.Sequence} of {world.Names.NameOfConversation(e.Conversation)}, which is not its user's");
            return;
        }

        if (!TryFind(e, out var index)) return;
        if (world.LifeOf(world.Messages[index]) == standing.Device.Life)
        {
            findings.Invented++;
            findings.Found(Property.P2, $"{world.Names.NameOfDevice(e.Device)} was pushed what it wrote, {places.Name(index)}");
            return;
        }

        if (!places.TryPlace(index, e.Sequence, e.Time, isAnswer: false)) return;
        Chain(standing, e);
        if (e.IsKept) Keep(standing, e.Sequence, index);
    }

    public void Kept(in HistoryEvent e)
    {
        if (!world.TryStanding(e.Device, e.Conversation, out var standing) || !standing.Conversation.TryAt(e.Sequence, out var index))
        {
            // Its delivery was judged already, and has no place here.
            if (findings.First is not null) return;
            throw new HistoryFormatException($"{world.Names.NameOfDevice(e.Device)} keeps {e.Sequence} of {world.Names.NameOfConversation(e.Conversation)}, which nobody was told of");
        }

        Keep(standing, e.Sequence, index);
    }

    private bool TryFind(in HistoryEvent e, out int index)
    {
        if (world.TryFind(world.Device(e.Sender), e.Number, e.Hash, out index))
        {
            if (world.Messages[index].Conversation == e.Conversation) return true;
            findings.Invented++;
            findings.Found(Property.P2, $"{places.Name(index)} came to {world.Names.NameOfDevice(e.Device)} in {world.Names.NameOfConversation(e.Conversation)}");
            return false;
        }

        if (index >= 0)
        {
            findings.PayloadMismatches++;
            findings.Found(Property.P2, $"{places.Name(index)} came to {world.Names.NameOfDevice(e.Device)} with other bytes than were sent");
            return false;
        }

        findings.Invented++;
        findings.Found(Property.P2, $"{world.Names.NameOfDevice(e.Device)} was pushed send {e.Number} of {world.Names.NameOfDevice(e.Sender)}, which nobody sent");
        return false;
    }

    private void Chain(Standing standing, in HistoryEvent e)
    {
        // The first of a session says how far the server knows the device: nothing that was promised may be lost by it, but that is P1.
        var isFirst = standing.Session != e.Session;
        if (e.Sequence <= e.Previous)
        {
            findings.Reordered++;
            findings.Found(Property.P3, $"{world.Names.NameOfDevice(e.Device)} was pushed {e.Sequence} of {world.Names.NameOfConversation(e.Conversation)} after {e.Previous}");
        }
        else if (!isFirst && e.Previous != standing.Pushed)
        {
            findings.Gaps++;
            findings.Found(Property.P3, $"{world.Names.NameOfDevice(e.Device)} was pushed {e.Sequence} of {world.Names.NameOfConversation(e.Conversation)} as the one after {e.Previous}, and had {standing.Pushed} before");
        }
        else if (!isFirst)
        {
            for (var passed = e.Previous + 1; passed < e.Sequence; passed++) PassOver(standing, passed);
        }

        (standing.Session, standing.Pushed) = (e.Session, e.Sequence);
    }

    private void PassOver(Standing standing, ulong sequence)
    {
        if (standing.Conversation.TryAt(sequence, out var index)) places.JudgePassedOver(standing, sequence, index);
        else if (standing.PassedOver.TryAdd(sequence)) standing.Conversation.Undecided++;
    }

    private void Keep(Standing standing, ulong sequence, int index)
    {
        if (!standing.Kept.TryAdd(sequence))
        {
            Redelivered++;
            return;
        }

        Received++;
        promises.Keep(standing.Device, index);
        if (sequence > standing.KeptUpTo)
        {
            standing.KeptUpTo = sequence;
            return;
        }

        findings.Reordered++;
        findings.Found(Property.P3, $"{world.Names.NameOfDevice(standing.Device.Number)} got {sequence}, {places.Name(index)}, after {standing.KeptUpTo}");
    }
}
