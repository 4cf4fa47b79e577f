using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace ChatServer.Runtime;

/// <summary>
/// Recovery on several threads: one reads and verifies and gives pieces, copied, to others that make partitions of them. A partition
/// belongs to one thread and gets its pieces in their order, so what comes out does not depend on how many threads there are or who is
/// faster. What is small is taken by the thread that gives, at the end. One thread gives, and waits when too much is waiting.
/// </summary>
internal sealed class PartitionPieces : IDisposable
{
    /// <summary>Pieces are handed over together, so that a thread is woken once for many.</summary>
    private const int BundleBytes = 1 << 19;

    /// <summary>Bundles that wait for one thread.</summary>
    private const int BundlesWaiting = 4;

    private const int ThreadsMax = 16;

    private readonly TakePiece _take;
    private readonly Worker[] _workers;

    /// <param name="partitions">How many there are: no more threads than that.</param>
    /// <param name="take">Called for each piece on the thread of its partition.</param>
    public PartitionPieces(int partitions, TakePiece take)
    {
        _take = take;
        _workers = new Worker[Math.Min(partitions, Math.Min(Environment.ProcessorCount, ThreadsMax))];
        for (var i = 0; i < _workers.Length; i++) _workers[i] = new Worker(this);
    }

    /// <summary>Gives the next piece of a partition; the content is copied.</summary>
    public void Give(int partition, ulong number, long place, ReadOnlySpan<byte> content) =>
        _workers[(uint)partition % (uint)_workers.Length].Give(partition, number, place, content);

    /// <summary>Returns when all pieces are taken; throws what the first of them that could not be taken threw.</summary>
    public void Complete()
    {
        foreach (var worker in _workers) worker.End();
        var failed = _workers.Where(worker => worker.Failure is not null).MinBy(worker => worker.FailedNumber);
        failed?.Failure?.Throw();
    }

    public void Dispose()
    {
        foreach (var worker in _workers) worker.Dispose();
    }

    private sealed class Worker : IDisposable
    {
        private readonly PartitionPieces _owner;
        private readonly BlockingCollection<Bundle> _waiting = new(BundlesWaiting);
        private readonly ConcurrentBag<Bundle> _empty = [];
        private Thread? _thread;
        private Bundle _filling = new();
        private bool _hasEnded;

        public Worker(PartitionPieces owner) => _owner = owner;

        /// <summary>What the first piece that could not be taken threw; to be asked after the end.</summary>
        public ExceptionDispatchInfo? Failure { get; private set; }

        public ulong FailedNumber { get; private set; }

        public void Give(int partition, ulong number, long place, ReadOnlySpan<byte> content)
        {
            _filling.Pieces.Add(new Piece(partition, number, place, content.Length));
            _filling.Content.Write(content);
            if (_filling.Content.WrittenCount < BundleBytes) return;
            if (_thread is null)
            {
                _thread = new Thread(Run) { Name = "recovery", IsBackground = true };
                _thread.Start();
            }

            _waiting.Add(_filling);
            _filling = _empty.TryTake(out var empty) ? empty : new Bundle();
        }

        public void End()
        {
            if (_hasEnded) return;
            _hasEnded = true;
            if (_thread is null)
            {
                Take(_filling);
                return;
            }

            _waiting.Add(_filling);
            _waiting.CompleteAdding();
            _thread.Join();
        }

        public void Dispose()
        {
            End();
            _waiting.Dispose();
        }

        private void Run()
        {
            foreach (var bundle in _waiting.GetConsumingEnumerable())
            {
                // Behind a failure nothing more is taken, but whoever gives must not wait for ever.
                if (Failure is null) Take(bundle);
                bundle.Pieces.Clear();
                bundle.Content.ResetWrittenCount();
                _empty.Add(bundle);
            }
        }

        private void Take(Bundle bundle)
        {
            var rest = bundle.Content.WrittenSpan;
            foreach (var piece in bundle.Pieces)
            {
                try
                {
                    _owner._take(piece.Partition, piece.Number, piece.Place, rest[..piece.Length]);
                }
                catch (Exception failure)
                {
                    Failure = ExceptionDispatchInfo.Capture(failure);
                    FailedNumber = piece.Number;
                    return;
                }

                rest = rest[piece.Length..];
            }
        }
    }

    private sealed class Bundle
    {
        public List<Piece> Pieces { get; } = [];

        public ArrayBufferWriter<byte> Content { get; } = new();
    }

    private readonly record struct Piece(int Partition, ulong Number, long Place, int Length);
}
