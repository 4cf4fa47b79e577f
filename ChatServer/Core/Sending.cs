using System.IO.Hashing;
using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// The sender's home: is this number new, a repeat, or out of its turn; and when new, is it decided here or does it go to the
/// conversation's home. Hot path: no allocation but what the queues need to grow.
/// </summary>
internal sealed class Sending(PartitionState state, Journal journal, Delivery delivery, Turn turn)
{
    /// <summary>Whether an answer of its own follows, now or later; none does for a number that is under way.</summary>
    public bool Send(Outlet outlet, uint correlation, in SendRequest request)
    {
        var device = outlet.Device;
        var settled = Math.Max(device.Settled, device.SettleableUpTo(request.Settled));
        var number = request.SendNumber;
        if (number <= settled)
        {
            return Refuse(outlet, correlation, number, ErrorCode.AlreadySettled);
        }

        var hash = HashOf(request);
        if (number <= device.Mark)
        {
            return Repeat(outlet, correlation, number, hash);
        }

        var expected = Math.Max(device.Mark, settled) + 1;
        if (number != expected)
        {
            return Refuse(outlet, correlation, number, ErrorCode.OutOfOrder, argument: expected);
        }

        if (device.Mark > settled && device.Mark - settled >= (ulong)state.Limits.UnsettledAnswers)
        {
            return Refuse(outlet, correlation, number, ErrorCode.SettleFirst);
        }

        if (request.To == outlet.User.Id)
        {
            return Refuse(outlet, correlation, number, ErrorCode.OwnConversation);
        }

        if (!turn.HasRoom)
        {
            return Refuse(outlet, correlation, number, ErrorCode.Busy, retryAfterMilliseconds: state.Limits.FullDiskRetryMilliseconds);
        }

        if (device.PendingSends >= state.Limits.UndecidedSends || !HasCredit(outlet.User, request.To))
        {
            return Refuse(outlet, correlation, number, ErrorCode.Busy, retryAfterMilliseconds: 50);
        }

        if (!outlet.ExemptFromRates && !TakeRate(outlet.User, request, out var retryAfter))
        {
            return Refuse(outlet, correlation, number, ErrorCode.RateLimited, retryAfterMilliseconds: retryAfter);
        }

        Accept(outlet, correlation, request, settled, hash);
        return true;
    }

    public void Settle(Outlet outlet, ulong claimed)
    {
        var settled = outlet.Device.SettleableUpTo(claimed);
        if (settled > outlet.Device.Settled) journal.Emit(new SettledUpTo { User = outlet.User.Id, Device = outlet.Device.Id, Settled = settled });
    }

    /// <summary>Says the answer of a number that has just been decided, or is asked for again.</summary>
    public void Answer(Device device, ulong number, bool duplicate)
    {
        ref var answer = ref device.AnswerOf(number);
        if (Delivery.Find(device) is not { } outlet) return;
        var correlation = answer.AskedBySession == outlet.Session ? answer.Correlation : 0;
        if (answer.Code != ErrorCode.None)
        {
            Refuse(outlet, correlation, number, answer.Code);
            return;
        }

        turn.Outputs.Add(new Output(OutputKind.Sent, outlet.Session)
        {
            Correlation = correlation, User = answer.To, First = number, Second = answer.Sequence, Third = answer.Time, Fourth = duplicate ? 1UL : 0,
        });
    }

    /// <summary>
    /// Why the conversation's home refuses an entry for a recipient: it knows those that live there, and of others what it was told.
    /// </summary>
    public ErrorCode RefusalFor(UserId recipient, UserId sender)
    {
        var status = RecipientStatus.Open;
        if (!state.IsLocal(recipient)) status = state.StatusOf(recipient, sender);
        else if (state.Find(recipient) is not { } user) status = RecipientStatus.Gone;
        else if (user.IsFull(state.Limits)) status = RecipientStatus.Full;

#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.OutboxUnbounded && status == RecipientStatus.Full) status = RecipientStatus.Open;
#endif
        return status switch
        {
            RecipientStatus.Full => ErrorCode.Quota,
            RecipientStatus.Gone => ErrorCode.UnknownRecipient,
            _ => ErrorCode.None,
        };
    }

    /// <summary>A device whose outbox is full while another goes on is detached before the entry that would exceed it.</summary>
    public void MakeRoom(User user)
    {
        if (user.DeviceCount >= 2 && !user.IsFull(state.Limits)) DetachFull(user, except: null);
    }

    /// <summary>As <see cref="MakeRoom(User)"/>, for what one of the user's devices wrote: that one goes on, whatever waits for it.</summary>
    public void MakeRoom(User user, DeviceId author)
    {
        if (user.DeviceCount >= 2 && user.Find(author) is { } device) DetachFull(user, device);
    }

#if MUTANTS
    public ulong TimeNow() => PlantedBugs.Active == PlantedBug.TimeGoesBack ? turn.Now : Math.Max(state.LastTime, turn.Now);
#else
    public ulong TimeNow() => Math.Max(state.LastTime, turn.Now);
#endif

    public bool Refuse(Outlet outlet, uint correlation, ulong number, ErrorCode code, ulong argument = 0, uint retryAfterMilliseconds = 0)
    {
        turn.Outputs.Add(new Output(OutputKind.Refused, outlet.Session)
        {
            Correlation = correlation, Code = code, First = argument, Second = retryAfterMilliseconds, Third = number,
        });
        return true;
    }

    private void Accept(Outlet outlet, uint correlation, in SendRequest request, ulong settled, ulong hash)
    {
        var sender = outlet.User.Id;
        var device = outlet.Device;
        var message = new Authored
        {
            Sender = sender, Device = device.Id, SendNumber = request.SendNumber, ContentKind = request.ContentKind, Payload = request.Payload,
        };
        var isOpen = outlet.User.Memberships.TryGet(request.To, out var membership) && membership.TakesSends;
        var recipientIsHere = state.IsLocal(request.To);
        if ((!isOpen && !recipientIsHere) || state.HomeOf(sender, request.To) != state.Id)
        {
            journal.Emit(new SendPending { Message = message, Settled = settled, ContentHash = hash, To = request.To });
            Remember(outlet, correlation, request.SendNumber);
            return;
        }

        var refusal = RefusalFor(request.To, sender);
        if (refusal != ErrorCode.None)
        {
            journal.Emit(new SendRefused
            {
                User = sender, Device = device.Id, SendNumber = request.SendNumber, Settled = settled, ContentHash = hash, To = request.To, Code = refusal,
            });
        }
        else
        {
            MakeRoom(outlet.User, device.Id);
            if (recipientIsHere) MakeRoom(state.Existing(request.To));
            journal.Emit(new Posted
            {
                Message = message, Settled = settled, ContentHash = hash, To = request.To, Sequence = state.Conversation(sender, request.To).Head + 1, Time = TimeNow(),
            });
        }

        Remember(outlet, correlation, request.SendNumber);
        Answer(device, request.SendNumber, duplicate: false);
        if (refusal == ErrorCode.None) Entered(sender, request.To);
    }

    /// <summary>An entry has its number: those who live here and are online get it.</summary>
    public void Entered(UserId sender, UserId recipient)
    {
        if (state.IsLocal(sender) && state.Find(sender) is { } author) delivery.Arrived(author, author.Join(recipient));
        if (state.IsLocal(recipient) && state.Find(recipient) is { } reader) delivery.Arrived(reader, reader.Join(sender));
    }

    private void DetachFull(User user, Device? except)
    {
        foreach (var slot in user.Slots)
        {
            if (slot.Device is { } device && device != except && slot.IsFull(state.Limits))
            {
                journal.Emit(new DeviceDetached { User = user.Id, Device = device.Id, Time = turn.Now });
#if MUTANTS
                if (PlantedBugs.Active == PlantedBug.DetachedSessionGoesOn) continue;
#endif
                delivery.End(device, ErrorCode.TooSlow); // its next Welcome says what it missed
            }
        }
    }

    private static void Remember(Outlet outlet, uint correlation, ulong number)
    {
        ref var answer = ref outlet.Device.AnswerOf(number);
        answer.AskedBySession = outlet.Session;
        answer.Correlation = correlation;
    }

    private bool Repeat(Outlet outlet, uint correlation, ulong number, ulong hash)
    {
        Invariant.Holds(outlet.Device.HasAnswer(number), "a number above settled and up to the mark has its answer");
        ref var answer = ref outlet.Device.AnswerOf(number);
        if (answer.ContentHash != hash)
        {
            return Refuse(outlet, correlation, number, ErrorCode.Conflict);
        }

        Remember(outlet, correlation, number);
        if (answer.Pending) return false;
        Answer(outlet.Device, number, duplicate: true);
        return true;
    }

    // A send needs room on the lane it would cause a record on; without it the number is not consumed.
    private bool HasCredit(User user, UserId to)
    {
        var isOpen = user.Memberships.TryGet(to, out var membership) && membership.TakesSends;
        var next = isOpen ? state.HomeOf(user.Id, to) : state.Map.Of(to);
        if (next == state.Id) next = state.Map.Of(to);
        if (next == state.Id) return true;
        if (state.Lanes.Existing(next) is { } lane && lane.Unacknowledged.Count >= state.Limits.LaneCredit) return false;
        return membership is null || membership.AwaitingOpening.Count < state.Limits.UnsettledAnswers;
    }

    private bool TakeRate(User user, in SendRequest request, out uint retryAfterMilliseconds)
    {
        user.Rates ??= new SendRates(state.Limits, turn.Now);
        retryAfterMilliseconds = 0;
        TokenBucket? unanswered = null;
        if (user.Memberships.TryGet(request.To, out var membership) && !membership.HasAnswered)
        {
            unanswered = membership.Unanswered ??= new TokenBucket(state.Limits.UnansweredPerSecond, state.Limits.UnansweredBurst, turn.Now);
            if (!unanswered.Has(1, turn.Now))
            {
                retryAfterMilliseconds = unanswered.MillisecondsUntil(1);
                return false;
            }
        }

        if (!user.Rates.TryTake(request.Payload.Length, turn.Now, out retryAfterMilliseconds)) return false;
        unanswered?.TryTake(1, turn.Now);
        return true;
    }

    // Not a secret and not a defence: it tells a repeat from a client's mistake.
    private static ulong HashOf(in SendRequest request) =>
        XxHash3.HashToUInt64(request.Payload, unchecked((long)KeyOf(request.To) + request.ContentKind));

    private static ulong KeyOf(UserId user)
    {
        Span<byte> bytes = stackalloc byte[ProtocolLimits.UserIdBytes];
        return XxHash3.HashToUInt64(bytes[..System.Text.Encoding.ASCII.GetBytes(user.Value, bytes)]);
    }
}
