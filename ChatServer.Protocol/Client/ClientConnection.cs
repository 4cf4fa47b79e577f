using System.Net.Sockets;
using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// One socket to the server and the frames in it. One reader and one writer at a time. What the network does to it is an
/// <see cref="IOException"/> or <see cref="SocketException"/>.
/// </summary>
internal sealed class ClientConnection : IDisposable
{
    /// <summary>Holds the largest frame whole.</summary>
    private const int BufferBytes = 2 * ProtocolLimits.BodyBytes;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    private ClientConnection(Socket socket) => _socket = socket;

    /// <summary>Of the frame that <see cref="NextAsync"/> has read.</summary>
    public FrameHeader Header { get; private set; }

    /// <summary>Of the same frame; until the next is asked for.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public static async Task<ClientConnection> OpenAsync(string host, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation);
            return new ClientConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next frame; false when the server has closed.</summary>
    /// <exception cref="InvalidDataException">A length that no frame has.</exception>
    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        while (!TryTake())
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var count = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellation);
            if (count == 0) return false;
            _end += count;
        }

        return true;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frames, CancellationToken cancellation)
    {
        while (!frames.IsEmpty) frames = frames[await _socket.SendAsync(frames, SocketFlags.None, cancellation)..];
    }

    /// <summary>Nothing more will be written; the server reads what was, and closes.</summary>
    public void EndWriting() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _socket.Dispose();

    private bool TryTake()
    {
        if (_end - _start < ProtocolLimits.HeaderBytes) return false;
        var header = FrameHeader.Read(_buffer.AsSpan(_start));
        if (header.Length is 0 or > ProtocolLimits.BodyBytes) throw new InvalidDataException($"the server sent a frame of {header.Length} bytes");
        if (_end - _start < ProtocolLimits.HeaderBytes + header.Length) return false;
        Header = header;
        Body = _buffer.AsMemory(_start + ProtocolLimits.HeaderBytes, header.Length);
        _start += ProtocolLimits.HeaderBytes + header.Length;
        return true;
    }
}
