using System.IO.Pipelines;
using System.Net.Sockets;
using ChatServer.Diagnostics;

namespace ChatServer.Host;

/// <summary>
/// The door for <c>chatserver user</c>: a Unix socket of mode 0600 in the data directory. Whoever may open it administers the
/// server; nothing of it is reachable by network. One line asks, one line answers, several one after the other on a
/// connection. Its tasks are owned here and awaited by disposal.
/// </summary>
internal sealed class AdminSocket : IAsyncDisposable
{
    public const string FileName = "admin.sock";

    /// <summary>Connections at a time; the next wait in the listen queue.</summary>
    public const int Connections = 16;

    /// <summary>Longest path that a Unix socket takes, in bytes.</summary>
    public const int PathBytes = 107;

    private static readonly TimeSpan RetryAccept = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly AdminHandler _handler;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(Connections);
    private readonly Task _accepting;

    private AdminSocket(string path, Socket listener, AdminHandler handler)
    {
        _path = path;
        _listener = listener;
        _handler = handler;
        _accepting = AcceptAsync();
    }

    /// <summary>Where the socket of a data directory is.</summary>
    public static string PathIn(string dataPath) => Path.Combine(dataPath, FileName);

    /// <summary>
    /// Opens the door. The caller holds the lock of the data directory, so a socket file that is there is what a process left
    /// that did not stop gracefully, and is replaced.
    /// </summary>
    /// <exception cref="IOException">The path is too long, or the file cannot be made.</exception>
    public static AdminSocket Open(string dataPath, AdminHandler handler)
    {
        var path = PathIn(dataPath);
        var length = System.Text.Encoding.UTF8.GetByteCount(path);
        if (length > PathBytes) throw new IOException($"{path} has {length} bytes, and a socket's path at most {PathBytes}: choose a shorter --data");
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            // Before Listen: until then nobody can connect, so there is no moment with a wider mode.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(Connections);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new IOException($"{path} cannot be opened: {e.Message}", e);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        return new AdminSocket(path, listener, handler);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        // All places back in hand: no connection is served any more.
        for (var i = 0; i < Connections; i++) await _places.WaitAsync(CancellationToken.None);
        File.Delete(_path);
        _places.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_stop.Token);
                if (await TryAcceptAsync() is { } socket)
                {
                    // Serve catches whatever happens, and gives its place back last.
                    _ = ServeAsync(socket);
                    continue;
                }

                _places.Release();
                await Task.Delay(RetryAccept, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The stop that disposal asked for, and is waiting for.
        }
    }

    private async Task<Socket?> TryAcceptAsync()
    {
        try
        {
            return await _listener.AcceptAsync(_stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Other than by a stop: no descriptor left, most likely. The door stays, and is tried again.
            if (!_stop.IsCancellationRequested) Log.AdminFault(e.Message);
            return null;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var reader = PipeReader.Create(stream);
            while (await AdminLines.ReadAsync<AdminRequest>(reader, AdminLines.RequestBytes, _stop.Token) is { } request)
            {
                var answer = await _handler(request, _stop.Token);
                Log.Administered(request.Command.ToString(), request.User, answer.Code);
                await AdminLines.WriteAsync(stream, answer, _stop.Token);
            }
        }
        catch (Exception e)
        {
            // A line that is none, a client that went away, a stop: the connection ends, and the client sees that it did.
            if (!_stop.IsCancellationRequested) Log.AdminFault(e.Message);
        }
        finally
        {
            _places.Release();
        }
    }
}
