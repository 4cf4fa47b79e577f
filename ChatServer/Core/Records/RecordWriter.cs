using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>
/// Writes the fields of a record: numbers as LEB128, ids and byte strings with their length in front. Hot path: no allocation.
/// </summary>
internal readonly ref struct RecordWriter(IBufferWriter<byte> output)
{
    public void Number(ulong value)
    {
        var span = output.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        output.Advance(length);
    }

    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Fixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    /// <summary>Where a payload is: 0 for none, else twice the number of the section or cold file, one more for a cold file.</summary>
    public void Body(BodyRef body)
    {
        if (body.IsNone)
        {
            Number(0);
            return;
        }

        Number(body.IsCold ? ((ulong)body.ColdFile << 1) | 1 : body.Section << 1);
        Number((ulong)body.Record.Offset);
        Number((ulong)body.Record.Length);
    }

    public void Id(UserId id) => Ascii(id.Value);

    /// <summary>A user's id as <see cref="RecordReader.UserBytes"/> reads it.</summary>
    public void Id(ReadOnlySpan<byte> user)
    {
        Byte(checked((byte)user.Length));
        output.Write(user);
    }

    public void Id(DeviceId id) => Ascii(id.Value);

    /// <summary>What was written by another writer, to the end of the record.</summary>
    public void Rest(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number((ulong)bytes.Length);
        output.Write(bytes);
    }

    private void Ascii(string text)
    {
        var span = output.GetSpan(text.Length + 1);
        span[0] = checked((byte)text.Length);
        Encoding.ASCII.GetBytes(text, span[1..]);
        output.Advance(text.Length + 1);
    }
}
