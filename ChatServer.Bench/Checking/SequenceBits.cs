namespace ChatServer.Bench.Checking;

/// <summary>A set of sequences: a bit each, from 1 to the highest that was added.</summary>
internal sealed class SequenceBits
{
    private const int BitsPerWord = 64;

    private ulong[] _words = [];

    public bool Contains(ulong sequence)
    {
        var word = (int)((sequence - 1) / BitsPerWord);
        return word < _words.Length && (_words[word] & Mask(sequence)) != 0;
    }

    /// <summary>False when it is there already.</summary>
    public bool TryAdd(ulong sequence)
    {
        var word = (int)((sequence - 1) / BitsPerWord);
        if (word >= _words.Length) Array.Resize(ref _words, Math.Max(word + 1, 2 * _words.Length));
        var isNew = (_words[word] & Mask(sequence)) == 0;
        _words[word] |= Mask(sequence);
        return isNew;
    }

    /// <summary>False when it is not there.</summary>
    public bool TryRemove(ulong sequence)
    {
        if (!Contains(sequence)) return false;
        _words[(int)((sequence - 1) / BitsPerWord)] &= ~Mask(sequence);
        return true;
    }

    public void Clear() => Array.Clear(_words);

    private static ulong Mask(ulong sequence) => 1UL << (int)((sequence - 1) % BitsPerWord);
}
