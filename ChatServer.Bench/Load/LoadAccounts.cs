using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChatServer.Host;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;
using NSec.Cryptography;

namespace ChatServer.Bench.Load;

/// <summary>Accounts that a run needs beforehand: made by the operator's door, so that no password has to be hashed for each.</summary>
internal static class LoadAccounts
{
    /// <summary>So many accounts are asked for at once where no server runs: enough for a commit to be shared by many.</summary>
    private const int AskedAtOnce = 2_048;

    /// <summary>As many as <see cref="AdminSocket"/> serves, with some left for whoever looks at the server meanwhile.</summary>
    private const int Doors = AdminSocket.Connections - 4;

    private const int LeastKibibytes = 8;

    /// <summary>
    /// A hash of the least strength that the server takes: logging in by this password costs it microseconds instead of 15 ms. For users
    /// of a run only.
    /// </summary>
    public static string CheapHashOf(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(PasswordHasher.SaltBytes);
        var parameters = new Argon2Parameters { MemorySize = LeastKibibytes, NumberOfPasses = 1, DegreeOfParallelism = PasswordHasher.Lanes };
        var hash = PasswordBasedKeyDerivationAlgorithm.Argon2id(parameters).DeriveBytes(Encoding.UTF8.GetBytes(password), salt, PasswordHasher.HashBytes);
        return string.Create(CultureInfo.InvariantCulture, $"$argon2id$v=19$m={LeastKibibytes},t=1,p={PasswordHasher.Lanes}${Unpadded(salt)}${Unpadded(hash)}");
    }

    /// <summary>While the server runs.</summary>
    public static async Task AddAsync(ServerUnderLoad server, IEnumerable<string> names, string hash)
    {
        using var all = names.GetEnumerator();
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, Doors).Select(_ => AddAllAsync()));

        async Task AddAllAsync()
        {
            using var client = await AdminClient.TryConnectAsync(server.DataPath, CancellationToken.None) ?? throw new IOException("the server does not run any more");
            while (Next() is { } name)
            {
                var request = new AdminRequest { Command = AdminCommand.AddUser, User = name, PasswordHash = hash, Trusted = true };
                Require(name, await client.AskAsync(request, CancellationToken.None));
            }
        }

        string? Next()
        {
            lock (gate) return all.MoveNext() ? all.Current : null;
        }
    }

    /// <summary>
    /// As <c>chatserver user add</c> does it on a directory that no server holds: fast enough for millions. All have one password, and
    /// nobody knows it.
    /// </summary>
    public static Task AddToStoppedAsync(string dataPath, int users) => Serving.AdministerAsync(dataPath, async ask =>
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, users), new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce }, async (i, stop) =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"account-{i}");
            Require(name, await ask(new AdminRequest { Command = AdminCommand.AddUser, User = name, PasswordHash = PasswordHasher.Decoy }, stop));
        });
        return ExitCode.Done;
    });

    private static void Require(string name, AdminAnswer answer)
    {
        if (answer.Code != ErrorCode.None) throw new IOException($"{name}: {answer.Code} {answer.Detail}");
    }

    private static string Unpadded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');
}
