using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ChatServer.Protocol.Wire;

/// <summary>Frames to bytes and bodies to frames.</summary>
public static class FrameCodec
{
    /// <summary>At least as many bytes as the frame takes with its header.</summary>
    public static int MaxBytes<T>(in T frame)
        where T : struct, IFrame<T> => ProtocolLimits.HeaderBytes + Unsafe.AsRef(in frame).MaxBodyBytes;

    /// <summary>Writes header and body. Hot path: one span is asked for, nothing is allocated.</summary>
    /// <exception cref="InvalidOperationException">The body is longer than any frame may be: a bug of the caller.</exception>
    public static void Write<T>(IBufferWriter<byte> output, in T frame, uint correlation = 0)
        where T : struct, IFrame<T>
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Advance(Write(output.GetSpan(MaxBytes(in frame)), in frame, correlation));
    }

    /// <summary>Writes header and body into a span of at least <see cref="MaxBytes"/>; the bytes written.</summary>
    /// <inheritdoc cref="Write{T}(IBufferWriter{byte}, in T, uint)" path="/exception"/>
    public static int Write<T>(Span<byte> destination, in T frame, uint correlation = 0)
        where T : struct, IFrame<T>
    {
        var writer = new FrameWriter(destination[ProtocolLimits.HeaderBytes..]);

        // Frames are readonly structs, which a type parameter cannot say: without AsRef the call would copy the frame.
        Unsafe.AsRef(in frame).Write(ref writer);
        if (writer.Length is 0 or > ProtocolLimits.BodyBytes) ThrowLength<T>(writer.Length);
        new FrameHeader(writer.Length, T.Kind, correlation).Write(destination);
        return ProtocolLimits.HeaderBytes + writer.Length;
    }

    /// <summary>Reads a body. See <see cref="Read{T}(ReadOnlyMemory{byte}, out T, out ulong)"/>.</summary>
    public static ErrorCode Read<T>(ReadOnlyMemory<byte> body, out T frame)
        where T : struct, IFrame<T> => Read(body, out frame, out _);

    /// <summary>
    /// Reads a body, whatever its bytes are: <see cref="ErrorCode.None"/>, <see cref="ErrorCode.BadFrame"/>,
    /// <see cref="ErrorCode.Limit"/> or <see cref="ErrorCode.BadName"/>. After the last two the frame holds the fields before the one
    /// at fault, so that a refusal can name the send number; after a bad frame it holds nothing.
    /// </summary>
    /// <param name="body">The bytes after the header. The frame keeps slices of it.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="argument">The limit that was exceeded; otherwise 0.</param>
    public static ErrorCode Read<T>(ReadOnlyMemory<byte> body, out T frame, out ulong argument)
        where T : struct, IFrame<T>
    {
        var reader = new FrameReader(body);
        var error = T.Read(ref reader, out frame);
        argument = reader.Argument;
        if (error == ErrorCode.BadFrame) frame = default;
        return error;
    }

    [DoesNotReturn]
    private static void ThrowLength<T>(int length)
        where T : struct, IFrame<T> =>
        throw new InvalidOperationException($"a {T.Kind} frame of {length} bytes is empty or longer than a frame may be");
}
