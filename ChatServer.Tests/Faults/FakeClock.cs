using ChatServer.Tests.House;

namespace ChatServer.Tests.Faults;

/// <summary>
/// The wall clock of a process, moved by libfaketime from outside. Its steady clock goes on as it does when a real clock is set: only
/// what looks at the time of day sees a jump.
/// </summary>
internal sealed class FakeClock : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly string _library;

    public FakeClock(string offset = "+0")
    {
        OutsideTool.Require("faketime");
        _library = Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).FirstOrDefault()
            ?? throw OutsideTool.Missing("libfaketime is not installed");
        Jump(offset);
    }

    /// <summary>What starts a program under this clock.</summary>
    public string[] Under =>
    [
        OutsideTool.Require("env"), $"LD_PRELOAD={_library}", $"FAKETIME_TIMESTAMP_FILE={_file}", "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1",
    ];

    /// <summary>From now on the clock is so far off: +1d, -3600s.</summary>
    public void Jump(string offset)
    {
        File.WriteAllText(_file + ".new", offset + "\n");
        File.Move(_file + ".new", _file, overwrite: true);
    }

    public void Dispose() => File.Delete(_file);
}
