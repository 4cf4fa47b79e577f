using ChatServer.Storage;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>
/// Batches: what is taken for intact is, byte for byte, what a writer of these records would have written. The first byte says whether
/// the checksums are made right, so that the search comes to the lengths and counts behind them; without that, nothing that was
/// changed may pass.
/// </summary>
internal sealed class BatchTarget : FuzzTarget
{
    private const byte Sealed = 1;

    private static readonly byte[][] Written = [.. WriteBatches()];

    public override string Name => "batch";

    public override string About => "envelopes of the log, with and without right checksums";

    public override IReadOnlyList<byte[]> Seeds { get; } = [.. Written.SelectMany(batch => new byte[][] { [0, .. batch], [Sealed, .. batch] })];

    public override void Run(byte[] input, FuzzMeter meter)
    {
        if (input.Length == 0) return;
        var envelope = input.AsSpan(1).ToArray();
        var isSealed = (input[0] & Sealed) != 0;
        if (isSealed) StorageDecoders.Reseal(envelope);
        meter.Start();
        var isIntact = StorageDecoders.IsIntact(envelope);
        meter.Stop();
        if (envelope.Length <= StorageDecoders.FitsPageBytes)
        {
            // Zeros at the end of an envelope may be those of the padding.
            var found = StorageDecoders.FoundInPage(envelope);
            Oracle.Holds(!isIntact || found is not null, "an envelope that is intact is an entry of the log");
            Oracle.Holds(found is null || StorageDecoders.IsIntact(found), "an entry of the log is an envelope that is intact");
        }

        if (!isIntact) return;
        Oracle.Holds(isSealed || Array.Exists(Written, batch => batch.AsSpan().SequenceEqual(envelope)), "a batch that nobody wrote is refused");
        if (StorageDecoders.Rewritten(envelope) is { } again) Oracle.Holds(again.AsSpan().SequenceEqual(envelope), "what is taken for intact is as it would be written");
    }

    private static IEnumerable<byte[]> WriteBatches()
    {
        foreach (var shape in new int[][] { [1], [0], [3], [1, 1], [2, 0, 5] })
        {
            var sections = new List<Section>();
            for (var partition = 0; partition < shape.Length; partition++)
            {
                var section = new Section(partition);
                section.Open(7, 1, StorageDecoders.History);
                for (var i = 0; i < shape[partition]; i++) section.Append((byte)(i + 1), 1, "record"u8[..i]);
                sections.Add(section);
            }

            yield return StorageDecoders.Envelope(9, 8, StorageDecoders.History, sections, out _);
        }
    }
}
