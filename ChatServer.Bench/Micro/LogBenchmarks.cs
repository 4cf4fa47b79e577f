using BenchmarkDotNet.Attributes;
using ChatServer.Storage;

namespace ChatServer.Bench.Micro;

/// <summary>
/// One batch of 64 records on its way to the disk: filling and sealing a section, appending, and the commit that makes it durable.
/// Budget: filling and appending allocate nothing; what a commit allocates is the same for any number of batches.
/// </summary>
[MemoryDiagnoser]
public class LogBenchmarks : IDisposable
{
    private const int Records = 64;

    private readonly Section _section = new(0);
    private readonly Section[] _sections;
    private readonly SectionAddress[] _addresses = new SectionAddress[1];
    private readonly AutoResetEvent _durable = new(false);
    private byte[] _body = [];
    private string _path = "";
    private MemoryCommitLog? _memory;
    private DataDirectory? _directory;
    private FasterCommitLog? _log;
    private ulong _number;

    public LogBenchmarks() => _sections = [_section];

    /// <summary>Bytes of a record's body: a receipt, and a chat line with its names.</summary>
    [Params(40, 200)]
    public int BodyBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _body = new byte[BodyBytes];
        new Random(1).NextBytes(_body);
        _path = Directory.CreateTempSubdirectory("chatserver-bench-").FullName;
        _directory = DataDirectory.Open(_path);
        _log = FasterCommitLog.Open(_directory, new CommitLogOptions(), LogStart.Beginning, (_, _) => { });
        _log.OnDurable(() => _durable.Set());
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _log?.Dispose();
        _memory?.Dispose();
        _directory?.Dispose();
        _durable.Dispose();
        if (_path.Length > 0) Directory.Delete(_path, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public ulong FillAndSeal()
    {
        Fill();
        return (ulong)_section.Seal();
    }

    [Benchmark]
    public ulong MemoryAppendAndCommit()
    {
        // It keeps what it is given, so it is replaced before that is much.
        if (_memory is not { LastNumber: < 1024 }) _memory = new MemoryCommitLog();
        var log = _memory;
        Fill();
        if (!log.TryAppend(_sections, _addresses, out var number)) throw new InvalidOperationException("The log refused");
        log.CompleteCommit();
        return number;
    }

    [Benchmark]
    public ulong FasterAppendAndCommit()
    {
        var log = _log ?? throw new InvalidOperationException("Setup opens it");
        Fill();
        ulong number;
        while (!log.TryAppend(_sections, _addresses, out number)) _durable.WaitOne();
        log.RequestCommit();
        while (!log.Durable.Covers(number)) _durable.WaitOne();
        return number;
    }

    /// <summary>Sixteen batches for each commit, as a few busy loops append them.</summary>
    [Benchmark(OperationsPerInvoke = 16)]
    public ulong FasterAppendSixteenAndCommit()
    {
        var log = _log ?? throw new InvalidOperationException("Setup opens it");
        ulong number = 0;
        for (var i = 0; i < 16; i++)
        {
            Fill();
            while (!log.TryAppend(_sections, _addresses, out number)) _durable.WaitOne();
        }

        log.RequestCommit();
        while (!log.Durable.Covers(number)) _durable.WaitOne();
        return number;
    }

    private void Fill()
    {
        _section.Open(++_number, 1, 0);
        for (var i = 0; i < Records; i++) _section.Append(1, 1, _body);
    }
}
