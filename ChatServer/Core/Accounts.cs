using System.Text;
using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>Users, devices and who may open a session.</summary>
internal sealed class Accounts(PartitionState state, Journal journal, Delivery delivery, Turn turn)
{
    public void Open(OpenRequest request)
    {
        var user = state.Find(request.User);
        if (request.RegisterPasswordHash is { } passwordHash)
        {
            if (user is not null)
            {
                RefuseLogin(request, ErrorCode.NameTaken);
                return;
            }

            if (!turn.HasRoom)
            {
                RefuseLogin(request, ErrorCode.Busy, state.Limits.FullDiskRetryMilliseconds);
                return;
            }

            Add(request.User, passwordHash, trusted: false);
            user = state.Existing(request.User);
        }

        var refusal = user is null ? ErrorCode.BadCredentials : Judge(user, request);
        if (refusal != ErrorCode.None)
        {
            RefuseLogin(request, refusal);
            return;
        }

        Admit(user!, request); // Judge has refused an unknown user.
    }

    /// <summary>A session that was found wanting before it came to its tokens; waits like every decision that rests on state.</summary>
    public void RefuseLogin(OpenRequest request, ErrorCode code, uint retryAfterMilliseconds = 0) =>
        turn.Outputs.Add(new Output(OutputKind.LoginRefused, request.Session) { Correlation = request.Correlation, Code = code, First = retryAfterMilliseconds });

    public void Close(ulong session)
    {
        if (delivery.Find(session) is not { } outlet) return;
        delivery.Close(outlet);
        journal.Emit(new DeviceClosed { User = outlet.User.Id, Device = outlet.Device.Id, Time = turn.Now });
    }

    public void ListDevices(Outlet outlet, uint correlation)
    {
        var devices = new List<DeviceSummary>();
        foreach (var slot in outlet.User.Slots)
        {
            if (slot.Device is not { } device) continue;
            devices.Add(new DeviceSummary(device.Id, device.AddedTime, device.LastSeen, Delivery.Find(device) is not null, ReferenceEquals(device, outlet.Device)));
        }

        turn.Outputs.Add(new Output(OutputKind.Devices, outlet.Session) { Correlation = correlation, Devices = devices });
    }

    public void RemoveDevice(Outlet outlet, uint correlation, DeviceId deviceId)
    {
        if (outlet.User.Find(deviceId) is not { } device)
        {
            turn.Outputs.Add(new Output(OutputKind.Refused, outlet.Session) { Correlation = correlation, Code = ErrorCode.UnknownDevice });
            return;
        }

        if (device.PendingSends > 0)
        {
            turn.Outputs.Add(new Output(OutputKind.Refused, outlet.Session) { Correlation = correlation, Code = ErrorCode.Busy, Second = 100 });
            return;
        }

        journal.Emit(new DeviceRemoved { User = outlet.User.Id, Device = deviceId, Time = turn.Now });
        turn.Outputs.Add(new Output(OutputKind.DeviceRemoved, outlet.Session) { Correlation = correlation, Device = deviceId });
        delivery.End(device, ErrorCode.Revoked);
    }

    /// <summary>The hash to check a password against, and its epoch; null for a user who does not exist.</summary>
    public (byte[] Hash, ulong Epoch)? PasswordOf(UserId user) => state.Find(user) is { } found ? (found.PasswordHash.ToArray(), found.PasswordEpoch) : null;

    public ErrorCode AddUser(UserId id, ReadOnlySpan<byte> passwordHash, bool trusted)
    {
        if (state.Exists(id)) return ErrorCode.NameTaken;
        Add(id, passwordHash, trusted);
        return ErrorCode.None;
    }

    public ErrorCode SetPassword(UserId id, ReadOnlySpan<byte> passwordHash)
    {
        if (state.Find(id) is not { } user) return ErrorCode.UnknownRecipient;
        journal.Emit(new PasswordSet { User = id, PasswordHash = passwordHash });
        foreach (var slot in user.Slots)
        {
            if (slot.Device is { } device) delivery.End(device, ErrorCode.Revoked);
        }

        return ErrorCode.None;
    }

    public ErrorCode RemoveUser(UserId id)
    {
        if (state.Find(id) is not { } user) return ErrorCode.UnknownRecipient;
        foreach (var slot in user.Slots)
        {
            if (slot.Device is { } device) delivery.End(device, ErrorCode.AccountRemoved);
        }

        journal.Emit(new UserRemoved { User = id });
        return ErrorCode.None;
    }

    private void Add(UserId id, ReadOnlySpan<byte> passwordHash, bool trusted)
    {
        Span<byte> bytes = stackalloc byte[ProtocolLimits.UserIdBytes];
        journal.Emit(new UserAdded { User = bytes[..Encoding.ASCII.GetBytes(id.Value, bytes)], PasswordHash = passwordHash, Trusted = trusted });
    }

    private ErrorCode Judge(User user, OpenRequest request)
    {
        var device = user.Find(request.Device);
        var byPassword = request.RegisterPasswordHash is not null || request.VerifiedPasswordEpoch is not null;
        if (request.VerifiedPasswordEpoch is { } epoch && epoch != user.PasswordEpoch) return ErrorCode.BadCredentials;
        if (byPassword)
        {
            if (device is null) return user.DeviceCount < state.Limits.DevicesPerUser ? ErrorCode.None : ErrorCode.TooManyDevices;
            return IsGhost(device, request) ? ErrorCode.StaleAttempt : ErrorCode.None;
        }

        if (device is null || device.TokenFamily != request.TokenFamily) return ErrorCode.BadCredentials;
        if (!device.TokensValid) return ErrorCode.TokenRevoked;

        // The ghost check comes before a token moves on: a delayed attempt must not use up what the live one needs.
        if (IsGhost(device, request)) return ErrorCode.StaleAttempt;
        if (IsCurrent(device, request)) return ErrorCode.None;
        var oldest = device.TokenUsed ? device.TokenGeneration : 0;
        if (request.TokenGeneration >= oldest) return ErrorCode.BadCredentials;
        journal.Emit(new TokensRevoked { User = user.Id, Device = device.Id, Time = turn.Now });
        delivery.End(device, ErrorCode.Revoked);
        return ErrorCode.TokenRevoked;
    }

#if MUTANTS
    private static bool IsGhost(Device device, OpenRequest request) =>
        PlantedBugs.Active != PlantedBug.GhostAdmitted && device.Instance == request.Instance && request.Attempt < device.Attempt;
#else
    private static bool IsGhost(Device device, OpenRequest request) => device.Instance == request.Instance && request.Attempt < device.Attempt;
#endif

    // The token that was given out last, or the one before it as long as that one's successor has not been used.
    private static bool IsCurrent(Device device, OpenRequest request)
    {
        if (device.TokenUsed && request.TokenGeneration == device.TokenGeneration) return device.UsedToken.Matches(request.PresentedToken);
        var next = device.TokenUsed ? device.TokenGeneration + 1 : device.TokenGeneration;
        return request.TokenGeneration == next && device.NextToken.Matches(request.PresentedToken);
    }

    private void Admit(User user, OpenRequest request)
    {
        var byToken = request.RegisterPasswordHash is null && request.VerifiedPasswordEpoch is null;
        var known = user.Find(request.Device);
        journal.Emit(new DeviceOpened
        {
            User = user.Id,
            Device = request.Device,
            Time = turn.Now,
            Instance = request.Instance,
            Attempt = request.Attempt,
            Settled = known is null ? request.Settled : known.SettleableUpTo(request.Settled),
            MarksAcknowledged = Math.Min(request.MarksAcknowledged, user.MarksVersion),
            TokenFamily = request.TokenFamily,
            TokenGeneration = request.TokenGeneration,
            TokenUsed = byToken,
            UsedToken = request.PresentedToken,
            NextToken = request.NextToken,
        });
        user = state.Existing(user.Id); // the one judged may have been made for reading
        var device = state.Existing(user.Id, request.Device);
        delivery.End(device, ErrorCode.TakenOver);
        turn.Outputs.Add(new Output(OutputKind.Welcome, request.Session)
        {
            Correlation = request.Correlation, User = user.Id, First = device.ExpectedNumber - 1, Second = device.Detached ? 1UL : 0,
        });
        delivery.Open(new Outlet(request.Session, user, device, request));
    }
}
