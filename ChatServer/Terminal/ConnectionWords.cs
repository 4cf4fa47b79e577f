using ChatServer.Protocol.Client;
using ChatServer.Protocol.Wire;

namespace ChatServer.Terminal;

/// <summary>Why a connection is not there, for people.</summary>
internal static class ConnectionWords
{
    public static string Why(ConnectionChange change)
    {
        var words = change.Code switch
        {
            ErrorCode.None => "",
            ErrorCode.BadCredentials => "wrong name or password",
            ErrorCode.RegistrationClosed => "the server makes no accounts; ask its operator",
            ErrorCode.NameTaken => "the name is taken",
            ErrorCode.PasswordPolicy => "a password has 8 to 1,024 bytes",
            ErrorCode.TooManyDevices => "the account has its 5 devices already",
            ErrorCode.TakenOver => "this device logged in somewhere else",
            ErrorCode.GoingAway => "the server is stopping",
            ErrorCode.LoginThrottled => "too many wrong passwords; wait",
            var code => code.ToString(),
        };
        var detail = PrintableText.Escape(change.Detail);
        if (words.Length == 0) return detail.Length == 0 ? "the connection is gone" : detail;
        return detail.Length == 0 || change.Code is not ErrorCode.None and not ErrorCode.GoingAway ? words : $"{words}: {detail}";
    }
}
