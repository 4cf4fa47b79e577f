using ChatServer.Protocol.Wire;

namespace ChatServer.Network;

/// <summary>What takes the frames of a connection.</summary>
internal interface IFrameSink
{
    /// <summary>
    /// One frame, its body contiguous and only lent. False: no more for now. <paramref name="wasTaken"/> false: this one is offered again,
    /// too.
    /// </summary>
    bool OnFrame(Connection connection, FrameHeader header, ReadOnlyMemory<byte> body, out bool wasTaken);

    /// <summary>What came is no frame; nothing more is split from this connection.</summary>
    void OnProtocolError(Connection connection, ErrorCode code, ulong argument);
}
