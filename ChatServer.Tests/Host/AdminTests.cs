using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using ChatServer.Host;
using ChatServer.Host.Commands;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;
using NUnit.Framework;

namespace ChatServer.Tests.Host;

/// <summary>`chatserver user` through the real socket, against accounts in memory.</summary>
internal sealed class AdminTests
{
    private readonly ConcurrentDictionary<string, AdminRequest> _users = new();
    private string _data = "";

    [SetUp]
    public void MakeDirectory()
    {
        _users.Clear();
        _data = Directory.CreateTempSubdirectory("chat").FullName;
    }

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_data, recursive: true);

    [Test]
    public async Task A_user_is_added_with_a_hash_that_verifies_and_the_password_stays_here()
    {
        await using var door = AdminSocket.Open(_data, HandleAsync);
        var (code, output, error) = await RunAsync("user add alice", "correct horse\n");
        Assert.That((code, output, error), Is.EqualTo((0, "added alice\n", "")));
        Assert.That(PasswordHasher.Verify("correct horse"u8, _users["alice"].PasswordHash ?? ""), Is.True);
        Assert.That(_users["alice"].Trusted, Is.False);
    }

    [Test]
    public async Task The_password_can_come_from_a_file()
    {
        await using var door = AdminSocket.Open(_data, HandleAsync);
        var file = Path.Combine(_data, "password");
        await File.WriteAllTextAsync(file, "from the file\nsecond line\n");
        Assert.That((await RunAsync($"user add alice --trusted --password-file {file}")).Code, Is.Zero);
        Assert.That(PasswordHasher.Verify("from the file"u8, _users["alice"].PasswordHash ?? ""), Is.True);
        Assert.That(_users["alice"].Trusted, Is.True);
    }

    [TestCase("user add alice", "correct horse\n", "alice: the name is taken")]
    [TestCase("user add Alice", "correct horse\n", "Alice: not a name")]
    [TestCase("user add bob", "short\n", "bob: a password has 8 to 1024 bytes")]
    [TestCase("user remove bob", "", "bob: there is no such user")]
    [TestCase("user passwd bob", "correct horse\n", "bob: there is no such user")]
    public async Task A_refusal_is_one_line_and_exit_code_1(string arguments, string typed, string said)
    {
        await using var door = AdminSocket.Open(_data, HandleAsync);
        _users["alice"] = new AdminRequest();
        var (code, output, error) = await RunAsync(arguments, typed);
        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(error, Does.StartWith($"chatserver: {said}").And.Match(@"\A[^\n]+\n\z"));
    }

    [Test]
    public async Task A_list_has_all_pages()
    {
        await using var door = AdminSocket.Open(_data, HandleAsync);
        for (var i = 0; i < 25; i++) _users[$"user{i:00}"] = new AdminRequest { Trusted = i == 0 };
        var (code, output, _) = await RunAsync("user list");
        Assert.That(code, Is.Zero);
        Assert.That(output.Split('\n'), Has.Length.EqualTo(26));
        Assert.That(output, Does.StartWith("user00\t1\ttrusted\nuser01\t1\n"));
    }

    [Test]
    public async Task A_batch_makes_what_it_can_and_names_the_lines_that_it_cannot()
    {
        await using var door = AdminSocket.Open(_data, HandleAsync);
        var lines = "# accounts\nalice correct horse\n\nBob correct horse\ncarol short\nalice correct horse\ndave correct horse\n";
        var (code, output, error) = await RunAsync("user add --batch - --trusted", lines);
        Assert.That((code, output), Is.EqualTo((1, "added 2, refused 3\n")));
        Assert.That(error, Does.Contain("line 4: Bob: not a name").And.Contain("line 5: carol: a password has").And.Contain("line 6: alice: the name is taken"));
        Assert.That(_users.Keys, Is.EquivalentTo(["alice", "dave"]));
        Assert.That(_users.Values, Has.All.Property(nameof(AdminRequest.Trusted)).True);
        Assert.That(PasswordHasher.Verify("correct horse"u8, _users["dave"].PasswordHash ?? ""), Is.True);
    }

    [Test]
    public async Task Thousands_with_one_hash_are_made_in_one_go()
    {
        await using var door = AdminSocket.Open(_data, HandleAsync);
        var hash = PasswordHasher.Hash("correct horse"u8);
        var lines = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"user{i} {hash}\n"));
        var (code, output, error) = await RunAsync("user add --batch - --hashed", lines + "broken $argon2id$\n");
        Assert.That((code, output), Is.EqualTo((1, "added 2000, refused 1\n")));
        Assert.That(error, Does.Contain("line 2001: broken: not a PHC string"));
        Assert.That(_users["user1999"].PasswordHash, Is.EqualTo(hash));
    }

    [Test]
    public async Task Without_a_server_the_data_directory_is_opened()
    {
        var (code, output, _) = await RunAsync("user add alice", "correct horse\n", offline: true);
        Assert.That((code, output), Is.EqualTo((0, "added alice\n")));
        Assert.That(_users.Keys, Is.EquivalentTo(["alice"]));
    }

    [Test]
    public async Task The_socket_of_a_server_that_was_killed_is_no_server()
    {
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            killed.Bind(new UnixDomainSocketEndPoint(AdminSocket.PathIn(_data)));
        Assert.That((await RunAsync("user add alice", "correct horse\n", offline: true)).Code, Is.Zero);
        await using (AdminSocket.Open(_data, HandleAsync))
            Assert.That((await RunAsync("user remove alice")).Code, Is.Zero);
        Assert.That(File.Exists(AdminSocket.PathIn(_data)), Is.False);
    }

    [Test]
    public async Task Only_the_owner_may_open_the_door()
    {
        await using var door = AdminSocket.Open(_data, HandleAsync);
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(AdminSocket.PathIn(_data)), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [TestCase("{\"command\":\"AddUser\",\"user\":\"x\",\"colour\":1}\n")]
    [TestCase("{\"command\":\"Reboot\"}\n")]
    [TestCase("[[[[[[[[[[\n")]
    [TestCase("null\n")]
    [TestCase("hello\n")]
    public async Task A_line_that_is_no_request_ends_its_connection_and_no_other(string line)
    {
        await using var door = AdminSocket.Open(_data, HandleAsync);
        await EndsAsync(Encoding.UTF8.GetBytes(line));
        Assert.That((await RunAsync("user list")).Code, Is.Zero);
    }

    [Test]
    public async Task A_line_without_end_is_not_held()
    {
        await using var door = AdminSocket.Open(_data, HandleAsync);
        await EndsAsync(Encoding.UTF8.GetBytes(new string('x', AdminLines.RequestBytes + 1)));
    }

    [Test]
    public async Task More_connections_than_places_wait_and_are_served()
    {
        await using var door = AdminSocket.Open(_data, HandleAsync);
        var clients = new List<AdminClient>();
        for (var i = 0; i < AdminSocket.Connections; i++) clients.Add(await ConnectAsync());
        foreach (var client in clients) await client.AskAsync(new AdminRequest { Command = AdminCommand.ListUsers }, CancellationToken.None);
        using var late = await ConnectAsync();
        var answer = late.AskAsync(new AdminRequest { Command = AdminCommand.ListUsers }, CancellationToken.None);
        Assert.That(answer.IsCompleted, Is.False);
        clients[0].Dispose();
        Assert.That((await answer).Code, Is.EqualTo(ErrorCode.None));
        foreach (var client in clients) client.Dispose();
    }

    [Test]
    public async Task Disposal_ends_a_request_that_is_under_way()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var door = AdminSocket.Open(_data, async (_, stop) =>
        {
            entered.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(stop);
            return new AdminAnswer();
        });
        using var client = await ConnectAsync();
        var answer = client.AskAsync(new AdminRequest { Command = AdminCommand.ListUsers }, CancellationToken.None);
        await entered.Task;
        await door.DisposeAsync();
        Assert.That(async () => await answer, Throws.InstanceOf<IOException>());
    }

    [Test]
    public void A_path_that_no_socket_can_have_is_refused_in_one_line()
    {
        var deep = Path.Combine(_data, new string('d', 100));
        Assert.That(() => AdminSocket.Open(deep, HandleAsync), Throws.InstanceOf<IOException>().With.Message.Contains("choose a shorter --data"));
    }

    [Test]
    public void The_text_of_a_request_has_no_hash() =>
        Assert.That(new AdminRequest { Command = AdminCommand.AddUser, User = "alice", PasswordHash = "$argon2id$" }.ToString(), Is.EqualTo("AddUser alice"));

    private async Task<AdminClient> ConnectAsync() =>
        await AdminClient.TryConnectAsync(_data, CancellationToken.None) ?? throw new IOException("no server");

    private async Task EndsAsync(byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(AdminSocket.PathIn(_data)));
        await socket.SendAsync(bytes);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            Assert.That(await socket.ReceiveAsync(new byte[1], patience.Token), Is.Zero);
        }
        catch (SocketException e)
        {
            // Closed with bytes unread: the other way to say the same.
            Assert.That(e.SocketErrorCode, Is.EqualTo(SocketError.ConnectionReset));
        }
    }

    private Task<AdminAnswer> HandleAsync(AdminRequest request, CancellationToken stop) => Task.FromResult(request.Command switch
    {
        AdminCommand.AddUser when !_users.TryAdd(request.User, request) => new AdminAnswer { Code = ErrorCode.NameTaken },
        AdminCommand.SetPassword when !_users.ContainsKey(request.User) => new AdminAnswer { Code = ErrorCode.UnknownRecipient },
        AdminCommand.RemoveUser when !_users.TryRemove(request.User, out _) => new AdminAnswer { Code = ErrorCode.UnknownRecipient },
        AdminCommand.ListUsers => Page(request),
        _ => new AdminAnswer(),
    });

    private AdminAnswer Page(AdminRequest request)
    {
        var after = _users.Where(user => string.CompareOrdinal(user.Key, request.User) > 0).OrderBy(user => user.Key, StringComparer.Ordinal).ToList();
        var page = after.Take(10).Select(user => new AdminUser(user.Key, user.Value.Trusted, 1));
        return new AdminAnswer { Users = [.. page], More = after.Count > 10 };
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string arguments, string typed = "", bool offline = false)
    {
        using var input = new StringReader(typed);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var commands = new CommandSet(
            (_, _) => Task.FromResult(99), (_, work) => offline ? work(HandleAsync) : Task.FromResult(98), [], input, output, error);
        var code = await commands.RunAsync([.. arguments.Split(' '), "--data", _data], CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
