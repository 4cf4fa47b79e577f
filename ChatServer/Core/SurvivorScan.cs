using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// Walks the tails of a partition's users in their order, in pieces, and finds what has waited for longer than it is kept, and what
/// lies in parts of the storage that are to be freed. Between its pieces the partition goes on: what it found may be gone by then, and
/// what came behind it is of no interest, being new.
/// </summary>
internal sealed class SurvivorScan(PartitionState state, ulong keptSince, Func<BodyRef, bool> isOld)
{
    private int _user;
    private int _membership;
    private ulong _sequence;

    public bool IsDone { get; private set; }

    /// <summary>Survivors that were found and not taken yet, those of a conversation together.</summary>
    public List<Survivor> Found { get; } = [];

    /// <summary>The last entry of a conversation that has expired.</summary>
    public List<Survivor> Expired { get; } = [];

    /// <summary>Conversations with a spilled run in what is to be freed: to be looked at again when it is in memory.</summary>
    public List<(UserId User, UserId Other)> InTheWay { get; } = [];

    /// <summary>Looks at so many more entries and conversations.</summary>
    public void Take(int steps)
    {
        while (steps > 0 && _user < state.Users.Count)
        {
            if (InTheWay.Count > 0) return;
            if (state.Users.KeptAt(_user) is { } user && _membership < user.Memberships.Count)
            {
                if (!TakeTail(user, user.Memberships[_membership], ref steps)) return;
                (_membership, _sequence) = (_membership + 1, 0);
            }
            else
            {
                (_user, _membership) = (_user + 1, 0);
            }

            steps--;
        }

        IsDone = _user >= state.Users.Count;
    }

    // False when the steps did not suffice. What lies in one tail was logged in its order, so the first that is new ends it.
    private bool TakeTail(User user, Membership membership, ref int steps)
    {
        if (!TakeRuns(user, membership)) return false;
        for (_sequence = Math.Max(_sequence, membership.SpilledUpTo + 1); _sequence <= membership.Head; _sequence++)
        {
            if (steps-- == 0) return false;
            ref readonly var entry = ref membership.Entry(_sequence);
            var found = new Survivor(user.Id, membership.Other, _sequence, entry.Time, entry.IsFromOther, entry.Body);
            if (entry.Time < keptSince) AddExpired(found);
            else if (entry.IsHidden) continue;
            else if (isOld(entry.Body)) Found.Add(found);
            else if (!entry.Body.IsCold) break;
        }

        return true;
    }

    // False when one is in the way.
    private bool TakeRuns(User user, Membership membership)
    {
        foreach (ref readonly var run in membership.Runs)
        {
            if (run.LastTime < keptSince)
            {
                AddExpired(new Survivor(user.Id, membership.Other, run.Last, run.LastTime, IsFromOther: true, run.IndexBody));
            }
            else if (isOld(run.IndexBody))
            {
                InTheWay.Add((user.Id, membership.Other));
                return false;
            }
        }

        return true;
    }

    private void AddExpired(in Survivor found)
    {
        if (Expired is [.., var last] && last.User == found.User && last.Other == found.Other) Expired[^1] = found;
        else Expired.Add(found);
    }
}
