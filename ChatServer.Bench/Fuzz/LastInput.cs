using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace ChatServer.Bench.Fuzz;

/// <summary>
/// The input under way, in a file mapped into memory: a stack overflow, or whatever else takes the process along, leaves it behind
/// for the process that watches. Costs a copy an input.
/// </summary>
internal sealed unsafe class LastInput : IDisposable
{
    private const int HeaderBytes = sizeof(int);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _capacity;

    public LastInput(string path, int maxInputBytes)
    {
        _capacity = HeaderBytes + maxInputBytes;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, _capacity);
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    /// <summary>What a process left in its file; null when it never came to an input.</summary>
    public static byte[]? Read(string path)
    {
        if (!File.Exists(path)) return null;
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < HeaderBytes) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return length >= 0 && length <= bytes.Length - HeaderBytes ? bytes[HeaderBytes..(HeaderBytes + length)] : null;
    }

    public void Set(ReadOnlySpan<byte> input)
    {
        var place = new Span<byte>(_start, _capacity);
        BinaryPrimitives.WriteInt32LittleEndian(place, input.Length);
        input.CopyTo(place[HeaderBytes..]);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
