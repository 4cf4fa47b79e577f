using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Checking;

/// <summary>Sends and their answers: each number has one effect and one final answer.</summary>
internal sealed class SendChecks(CheckedWorld world, Findings findings, PlaceChecks places, Promises promises)
{
    private const int CodesPerRange = 1_000;

    public void Invoke(in HistoryEvent e)
    {
        if (e.Number is 0 or > uint.MaxValue) throw new HistoryFormatException($"{e.Number} is no send number of a run: they go from 1 to {uint.MaxValue}");
        var device = world.Device(e.Device);
        if (world.TryFind(device, e.Number, e.Hash, out var known) && world.Messages[known].Conversation == e.Conversation) return;
        var life = world.LifeOf(device);
        device.HighestNumber = Math.Max(device.HighestNumber, e.Number);
        device.OpenSends++;
        world.Conversation(e.Conversation).Sent++;
        world.Add(life, (uint)e.Number, new CheckedMessage
        {
            Hash = e.Hash, Number = (uint)e.Number, Life = life.Number, Conversation = e.Conversation, Event = (uint)Math.Min(findings.Events, uint.MaxValue),
        });
    }

    public void Ok(in HistoryEvent e)
    {
        if (!TryFind(e, out var index)) return;
        ref var message = ref world.Messages[index];
        if (message.Conversation != e.Conversation)
        {
            findings.Contradicted++;
            findings.Found(Property.P2, $"the answer to {places.Name(index)} names {world.Names.NameOfConversation(e.Conversation)}");
            return;
        }

        if (!places.TryPlace(index, e.Sequence, e.Time, isAnswer: true)) return;
        Close(index, SendOutcome.Ok, ErrorCode.None);
        if (e.Durability >= Durability.Disk && !message.IsPromised) promises.Promise(index);
    }

    public void Fail(in HistoryEvent e)
    {
        if (!TryFind(e, out var index)) return;
        ref var message = ref world.Messages[index];
        if (message.Outcome is SendOutcome.Ok or SendOutcome.Fail && message.Code != e.Code)
        {
            findings.Contradicted++;
            findings.Found(Property.P2, $"{places.Name(index)} was answered with {(message.Outcome == SendOutcome.Ok ? "a place" : message.Code.ToString())}, then with {e.Code}");
            return;
        }

        if (message.Sequence != 0)
        {
            findings.Invented++;
            findings.Found(Property.P2, $"{places.Name(index)} was refused with {e.Code} and has the place {message.Sequence}");
            return;
        }

        if (message.Outcome == SendOutcome.Fail) return;
        Close(index, SendOutcome.Fail, e.Code);
        var conversation = world.Conversation(message.Conversation);
        conversation.Sent--;
        if (conversation.Head <= (ulong)conversation.Sent) return;
        findings.Gaps++;
        findings.Found(Property.P3, $"{world.Names.NameOfConversation(message.Conversation)} has {conversation.Head} places, and with the refusal of {places.Name(index)} only {conversation.Sent} messages can be there");
    }

    public void Unknown(in HistoryEvent e)
    {
        if (!world.TryFind(world.Device(e.Device), e.Number, out var index)) throw new HistoryFormatException($"send {e.Number} of {world.Names.NameOfDevice(e.Device)} is unknown and was never sent");
        if (world.Messages[index].Outcome == SendOutcome.Open) Close(index, SendOutcome.Unknown, ErrorCode.None);
    }

    /// <summary>What the server knows of a device's numbers at its login.</summary>
    public void LastNumber(CheckedDevice device, ulong number)
    {
        var usedUpTo = device.Life?.UsedUpTo ?? 0;
        if (number >= usedUpTo && number <= device.HighestNumber) return;
        findings.Contradicted++;
        if (number < usedUpTo) findings.Found(Property.P2, $"{world.Names.NameOfDevice(device.Number)}: send {usedUpTo} was answered, and the server knows of {number}");
        else findings.Found(Property.P2, $"{world.Names.NameOfDevice(device.Number)}: the server knows of send {number}, and {device.HighestNumber} is the highest there was");
    }

    private bool TryFind(in HistoryEvent e, out int index)
    {
        if (world.TryFind(world.Device(e.Device), e.Number, out index)) return true;
        findings.Invented++;
        findings.Found(Property.P2, $"{world.Names.NameOfDevice(e.Device)} was answered for send {e.Number}, which it never sent");
        return false;
    }

    private void Close(int index, SendOutcome outcome, ErrorCode code)
    {
        ref var message = ref world.Messages[index];
        var life = world.LifeOf(message);
        if (message.Outcome == SendOutcome.Open) life.Device.OpenSends--;
        if (message.Outcome != outcome) message.Event = (uint)Math.Min(findings.Events, uint.MaxValue);
        (message.Outcome, message.Code) = (outcome, code);

        // 1xxx is said without a record: the number is not used up.
        if (outcome == SendOutcome.Ok || (int)code / CodesPerRange == 2) life.UsedUpTo = Math.Max(life.UsedUpTo, message.Number);
    }
}
