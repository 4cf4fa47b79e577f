using System.Text;
using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// What Hello proves its user with: the token if there is one; without it a registration if that is wanted, and the password when the
/// name is taken. Not thread-safe; owned by the client's loop.
/// </summary>
internal sealed class Credentials(string? password, bool register)
{
    private readonly ReadOnlyMemory<byte> _password = password is null ? default : Encoding.UTF8.GetBytes(password);
    private bool _mayRegister = register && password is not null;

    public ReadOnlyMemory<byte> Token { get; private set; }

    public LoginMethod Method =>
        !Token.IsEmpty ? LoginMethod.DeviceToken : _mayRegister ? LoginMethod.Register : LoginMethod.Password;

    public ReadOnlyMemory<byte> Secret => Token.IsEmpty ? _password : Token;

    public bool Has => !Token.IsEmpty || !_password.IsEmpty;

    /// <summary>The token of the next login; empty: none any more.</summary>
    public void Use(ReadOnlyMemory<byte> token)
    {
        Token = token;

        // Who had a token has an account.
        if (!token.IsEmpty) _mayRegister = false;
    }

    /// <summary>The server refused what Hello carried: whether there is something else to try at once.</summary>
    public bool OnRefused(ErrorCode code)
    {
        switch (Method)
        {
            case LoginMethod.DeviceToken when code.AsksForCredentials():
                Use(default);
                return Has;
            case LoginMethod.Register when code is ErrorCode.NameTaken or ErrorCode.RegistrationClosed:
                _mayRegister = false;
                return true;
            default:
                return false;
        }
    }
}
