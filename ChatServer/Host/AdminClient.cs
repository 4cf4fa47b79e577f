using System.IO.Pipelines;
using System.Net.Sockets;

namespace ChatServer.Host;

/// <summary>The other side of <see cref="AdminSocket"/>: asks a running server, one request after the other.</summary>
internal sealed class AdminClient : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;

    private AdminClient(NetworkStream stream)
    {
        _stream = stream;
        _reader = PipeReader.Create(stream);
    }

    /// <summary>Null when no server runs on the data directory.</summary>
    /// <exception cref="IOException">One runs, and may not be asked by this user.</exception>
    public static async Task<AdminClient?> TryConnectAsync(string dataPath, CancellationToken stop)
    {
        var path = AdminSocket.PathIn(dataPath);
        if (!File.Exists(path)) return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return new AdminClient(new NetworkStream(socket, ownsSocket: true));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
        {
            // The file of a server that did not stop gracefully.
            socket.Dispose();
            return null;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"{path}: {e.Message}", e);
        }
    }

    /// <exception cref="IOException">The server went away, or did not take the request.</exception>
    public async Task<AdminAnswer> AskAsync(AdminRequest request, CancellationToken stop)
    {
        await AdminLines.WriteAsync(_stream, request, stop);
        return await AdminLines.ReadAsync<AdminAnswer>(_reader, AdminLines.AnswerBytes, stop)
            ?? throw new IOException("the server ended the connection without an answer; its log says why");
    }

    public void Dispose() => _stream.Dispose();
}
