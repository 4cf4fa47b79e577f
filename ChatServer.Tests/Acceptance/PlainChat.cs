using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using NUnit.Framework;

namespace ChatServer.Tests.Acceptance;

/// <summary><c>chatserver chat NAME --plain</c> as a process: commands in, lines out.</summary>
internal sealed class PlainChat : IDisposable
{
    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly List<string> _seen = [];

    private PlainChat(Process process) => _process = process;

    public string Transcript => string.Join('\n', _seen);

    public static PlainChat Start(string name, IPEndPoint server, DataPath path)
    {
        string[] line = ["chat", name, "--plain", "--port", server.Port.ToString(CultureInfo.InvariantCulture), "--store", path.File("store")];
        var start = new ProcessStartInfo(ServerProcess.Executable, line)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["CHATSERVER_PASSWORD"] = "correct horse" },
        };
        var chat = new PlainChat(new Process { StartInfo = start });
        chat._process.OutputDataReceived += (_, line) => chat.Take(line.Data);
        chat._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null) chat.Take("stderr: " + line.Data);
        };
        chat._process.Start();
        chat._process.BeginOutputReadLine();
        chat._process.BeginErrorReadLine();
        return chat;
    }

    public void Type(string line)
    {
        _seen.Add("> " + line);
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Ends its standard input.</summary>
    public void Close() => _process.StandardInput.Close();

    /// <summary>Waits for a line that begins so; the lines before it are only remembered.</summary>
    public string Expect(string beginning)
    {
        while (_lines.TryTake(out var line, ServerProcess.Patience))
        {
            _seen.Add(line);
            if (line.StartsWith(beginning, StringComparison.Ordinal)) return line;
        }

        throw new AssertionException($"'{beginning}' did not come:\n{Transcript}");
    }

    /// <summary>The next lines are these, and no others come between.</summary>
    public void ExpectExactly(params string[] expected)
    {
        foreach (var line in expected)
        {
            Assert.That(_lines.TryTake(out var came, ServerProcess.Patience), Is.True, () => $"'{line}' did not come:\n{Transcript}");
            _seen.Add(came ?? "");
            Assert.That(came, Is.EqualTo(line), () => Transcript);
        }
    }

    /// <summary>Ends it as a user does, and returns every line that had not been looked at.</summary>
    public IReadOnlyList<string> Quit()
    {
        Type("quit");
        Assert.That(_process.WaitForExit(ServerProcess.Patience), Is.True, Transcript);
        _process.WaitForExit();
        Assert.That(_process.ExitCode, Is.Zero, Transcript);
        var rest = new List<string>();
        while (_lines.TryTake(out var line)) rest.Add(line);
        return rest;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        _lines.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null) _lines.Add(line);
    }
}
