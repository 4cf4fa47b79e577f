using ChatServer.Storage;

namespace ChatServer.Core;

/// <summary>
/// What one drain wants to say, held until the batch it rests on is durable. There is no way to read an output but
/// <see cref="TryRelease"/>, and that needs a <see cref="Durable"/>, which only a commit log makes: "say it before it is synced" does
/// not compile. A refusal that logged nothing rests on the newest batch before it, since it was judged by its effects.
/// </summary>
internal sealed class HeldOutputs
{
    // One large drain should not cost memory for ever.
    private const int KeptOutputs = 16_384;
    private const int KeptMarks = 4_096;

    private readonly List<Output> _outputs = [];
    private Mark[] _marks = [];
    private int _lentMarks;
    private ulong? _restsOn;

    public delegate void Speaker(in Released released);

    public int Count => _outputs.Count;

    /// <summary>The batch that has to be durable first.</summary>
    public ulong RestsOn => _restsOn ?? throw new InvalidOperationException("The drain was not appended yet");

    /// <summary>Whether somebody waits for what is here: everything but marks, which may ride along with the next commit.</summary>
    public bool IsAwaited { get; private set; }

    public void Add(in Output output)
    {
        Invariant.Holds(_restsOn is null, "nothing is added to what was appended");
        IsAwaited |= output.Kind != OutputKind.Marks;
        _outputs.Add(output);
    }

    /// <summary>Room for the marks of one output, until <see cref="Clear"/>. A buffer that is full is left to those who have it.</summary>
    public Memory<Mark> Lend(int marks)
    {
        if (_marks.Length - _lentMarks < marks) (_marks, _lentMarks) = (new Mark[Math.Max(marks, Math.Clamp(2 * _marks.Length, 16, KeptMarks))], 0);
        _lentMarks += marks;
        return _marks.AsMemory(_lentMarks - marks, marks);
    }

    /// <summary>Names the batch that has to be durable first: the drain's own, or the newest one when it logged nothing.</summary>
    public void RestOn(ulong batchNumber)
    {
        Invariant.Holds(_restsOn is null, "a drain is appended once");
        _restsOn = batchNumber;
    }

    public bool TryRelease(Durable durable, Speaker speaker)
    {
#if MUTANTS
        if (PlantedBugs.Active != PlantedBug.SaidBeforeDurable)
#endif
        if (_restsOn is not { } batchNumber || durable.BatchNumber < batchNumber) return false;
        foreach (ref readonly var output in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_outputs)) speaker(new Released(in output));
        return true;
    }

    /// <summary>Makes the object ready for another drain.</summary>
    public void Clear()
    {
        _outputs.Clear();
        if (_outputs.Capacity > KeptOutputs) _outputs.Capacity = 256;
        _lentMarks = 0;
        _restsOn = null;
        IsAwaited = false;
    }

    /// <summary>An output whose batch is durable: the only thing that becomes a frame.</summary>
    public readonly ref struct Released
    {
        private readonly ref readonly Output _output;

        internal Released(ref readonly Output output) => _output = ref output;

        public ref readonly Output Output => ref _output;
    }
}
