using System.Security.Cryptography;
using ChatServer.Core;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>From Hello to the core's decision on it. What it refuses by itself rests on no state; all else the core says.</summary>
internal sealed class Handshake(SessionSettings settings, PartitionMap map, LoginThrottle throttle, SessionPorts ports)
{
    /// <summary>Reads a Hello. Then the session has to be at the loop of the user's home.</summary>
    public SessionStep Hello(Session session, FrameHeader header, ReadOnlyMemory<byte> body)
    {
        var error = FrameCodec.Read(body, out HelloFrame hello, out var argument);
        if (error != ErrorCode.None) return Refuse(session, header.Correlation, error, argument);
        session.User = hello.User;
        session.Device = hello.Device;
        session.Home = map.Of(hello.User);
        session.Login!.Take(header.Correlation, hello); // a session that awaits its Hello has its attempt
        session.Phase = SessionPhase.LoggingIn;
        return SessionStep.GoHome;
    }

    /// <summary>Starts the check of the credentials, at the user's home.</summary>
    public SessionStep Begin(Session session, ulong now)
    {
        var login = session.Login!; // A session that logs in has its attempt.
        return login.Method switch
        {
            LoginMethod.DeviceToken => OpenByToken(session, login),
            LoginMethod.Password => BeginPassword(session, login, now),
            LoginMethod.Register => BeginRegistration(session, login),
            _ => Refuse(session, login.Correlation, ErrorCode.Unsupported),
        };
    }

    /// <summary>The hash to compare with; null when the user does not exist, which must take as long.</summary>
    public string? PasswordToCompare(Session session)
    {
        if (ports.Enter(session.Home).PasswordOf(session.User) is not { } password) return null;
        session.Login!.PasswordEpoch = password.Epoch; // asked for by the attempt that is under way
        return System.Text.Encoding.ASCII.GetString(password.Hash);
    }

    public void PasswordCompared(Session session, bool matches)
    {
        if (session.Login is not { } login) return;
        var request = Request(session, login);
        if (!matches)
        {
            ports.Enter(session.Home).RefuseLogin(request, ErrorCode.BadCredentials);
            return;
        }

        throttle.Succeeded(session.User, login.RemoteAddress);
        ports.Enter(session.Home).Open(WithFirstToken(login, request) with { VerifiedPasswordEpoch = login.PasswordEpoch });
    }

    public void PasswordHashed(Session session, string phc)
    {
        if (session.Login is not { } login) return;
        var request = WithFirstToken(login, Request(session, login)) with { RegisterPasswordHash = System.Text.Encoding.ASCII.GetBytes(phc) };
        ports.Enter(session.Home).Open(request);
    }

    /// <summary>The queue of passwords is full: this attempt was none.</summary>
    public SessionStep PasswordQueueFull(Session session)
    {
        var login = session.Login!; // it is what the password was hashed for
        throttle.Withdraw(session.User, login.RemoteAddress);
        return Refuse(session, login.Correlation, ErrorCode.Busy, retryAfterMilliseconds: settings.BusyRetryMilliseconds);
    }

    /// <summary>Welcome is said: the attempt is over.</summary>
    public void Opened(Session session)
    {
        var foreground = session.Login is not { Foreground: false };
        var interval = foreground ? settings.KeepAlive.ForegroundSeconds : settings.KeepAlive.BackgroundSeconds;
        session.ToleratedSilenceMilliseconds = (uint)Math.Min(uint.MaxValue, interval * settings.KeepAliveTolerance * 1000);
        session.EndLogin();
        session.Phase = SessionPhase.Open;
    }

    private SessionStep OpenByToken(Session session, LoginAttempt login)
    {
        var request = Request(session, login);
        if (!DeviceToken.TryParse(login.Secret, out var token))
        {
            ports.Enter(session.Home).RefuseLogin(request, ErrorCode.BadCredentials);
            return SessionStep.Pause;
        }

        var next = token.Successor(settings.TokenKey, session.User, session.Device);
        login.NextToken = next.ToWire();
        ports.Enter(session.Home).Open(request with
        {
            TokenFamily = token.Family,
            TokenGeneration = token.Generation,
            PresentedToken = Hash256.From(token.Hash()),
            NextToken = Hash256.From(next.Hash()),
        });
        return SessionStep.Pause;
    }

    private SessionStep BeginPassword(Session session, LoginAttempt login, ulong now)
    {
        if (throttle.TryBegin(session.User, login.RemoteAddress, (long)now, out var retryAfter)) return SessionStep.HashPassword;
        return Refuse(session, login.Correlation, ErrorCode.LoginThrottled, retryAfterMilliseconds: (uint)retryAfter);
    }

    private SessionStep BeginRegistration(Session session, LoginAttempt login)
    {
        if (!settings.RegistrationIsOpen) return Refuse(session, login.Correlation, ErrorCode.RegistrationClosed);
        if (PasswordPolicy.Check(login.Secret) is var policy && policy != ErrorCode.None) return Refuse(session, login.Correlation, policy);
        var home = ports.Enter(session.Home);
        if (home.PasswordOf(session.User) is null) return SessionStep.HashPassword;
        home.RefuseLogin(Request(session, login), ErrorCode.NameTaken);
        return SessionStep.Pause;
    }

    private OpenRequest Request(Session session, LoginAttempt login)
    {
        CryptographicOperations.ZeroMemory(login.Method == LoginMethod.DeviceToken ? [] : login.Secret);
        return new OpenRequest
        {
            Session = session.Id,
            Correlation = login.Correlation,
            User = session.User,
            Device = session.Device,
            Instance = login.Instance,
            Attempt = login.Attempt,
            Settled = login.Settled,
            MarksAcknowledged = login.MarksVersion,
            WindowMessages = (int)Math.Clamp(login.WindowMessages, 1, (uint)settings.Limits.WindowMessages),
            WindowBytes = Math.Clamp(login.WindowBytes, ProtocolLimits.WindowBytesMin, settings.Limits.WindowBytes),
            ExemptFromRates = session.IsTrustedSource,
        };
    }

    private OpenRequest WithFirstToken(LoginAttempt login, OpenRequest request)
    {
        var token = DeviceToken.CreateFirst(ports.FillRandom);
        login.NextToken = token.ToWire();
        return request with { TokenFamily = token.Family, TokenGeneration = token.Generation, NextToken = Hash256.From(token.Hash()) };
    }

    private SessionStep Refuse(Session session, uint correlation, ErrorCode code, ulong argument = 0, uint retryAfterMilliseconds = 0)
    {
        ports.Reply(session, ImmediateReply.Error(correlation, code, argument, retryAfterMilliseconds));
        return SessionStep.Close;
    }
}
