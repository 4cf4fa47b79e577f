using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace ChatServer.Protocol.Wire;

/// <summary>
/// The number of Message frames pushed in a session and a checksum over them, kept by both ends and compared by Pong: a quiet client
/// notices that something is missing. Order does not matter, and keeping it costs one hash a message.
/// </summary>
public readonly record struct PushedTotal
{
    /// <summary>How many.</summary>
    public ulong Pushed { get; init; }

    /// <summary>XOR over all of them of XxHash3-64, seed 0, of the conversation's bytes and the sequence as u64 big-endian.</summary>
    public ulong Checksum { get; init; }

    /// <summary>The total with one more.</summary>
    /// <param name="conversation">As in the Message frame: the user's id as UTF-8, or the group's as u64 big-endian.</param>
    /// <param name="sequence">The entry's.</param>
    public PushedTotal With(WireConversation conversation, ulong sequence)
    {
        Span<byte> key = stackalloc byte[ProtocolLimits.UserIdBytes + sizeof(ulong)];
        int length;
        if (conversation.IsGroup)
        {
            BinaryPrimitives.WriteUInt64BigEndian(key, conversation.Group);
            length = sizeof(ulong);
        }
        else
        {
            length = Encoding.ASCII.GetBytes(conversation.User.Value, key);
        }

        BinaryPrimitives.WriteUInt64BigEndian(key[length..], sequence);
        return new PushedTotal
        {
            Pushed = Pushed + 1,
            Checksum = Checksum ^ XxHash3.HashToUInt64(key[..(length + sizeof(ulong))]),
        };
    }
}
