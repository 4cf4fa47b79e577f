using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using NUnit.Framework;

namespace ChatServer.Tests.House;

/// <summary>build.ps1 in the bare PowerShell engine, without any module of cmdlets.</summary>
internal sealed class BuildScriptTests
{
    private static readonly string Script = Path.Combine(Repository.Root, "build.ps1");

    private static readonly string[] Tasks = ["help", "restore", "build", "test", "format", "bench", "publish"];

    [Test]
    public void It_parses()
    {
        Parser.ParseFile(Script, out _, out var errors);
        Assert.That(errors, Is.Empty);
    }

    [Test]
    public void It_calls_its_own_functions_and_native_commands_only()
    {
        var script = Parser.ParseFile(Script, out _, out _);
        var functions = script.FindAll(node => node is FunctionDefinitionAst, true).Cast<FunctionDefinitionAst>().Select(function => function.Name);
        // A command whose name is not written out is the native one that Run is given.
        var called = script.FindAll(node => node is CommandAst, true).Cast<CommandAst>().Select(command => command.GetCommandName()).OfType<string>();
        Assert.That(called.Distinct(), Is.SubsetOf(functions));
    }

    [Test]
    public void Help_names_every_task() =>
        Assert.That(Run("help").Skip(1).Select(line => line.Trim().Split(' ')[0]), Is.EqualTo(Tasks));

    [Test]
    public void Nothing_said_is_help() => Assert.That(Run(), Is.EqualTo(Run("help")));

    [TestCaseSource(nameof(Tasks))]
    public void Every_task_says_what_it_would_run(string task)
    {
        if (task != "help") Assert.That(Run(task, "-Dry"), Is.Not.Empty.And.All.StartsWith("> dotnet "));
    }

    [Test]
    public void Publish_is_for_four_platforms_or_for_those_that_are_named()
    {
        Assert.That(Run("publish", "-Dry").Select(line => line.Split(" -r ")[1].Split(' ')[0]),
            Is.EqualTo(new[] { "linux-x64", "linux-arm64", "win-x64", "osx-arm64" }));
        Assert.That(Run("publish", "-Dry", "-Runtime", "win-x64"), Has.Count.EqualTo(1));
    }

    [Test]
    public void Restore_is_locked() => Assert.That(Run("restore", "-Dry"), Has.All.EndsWith("--locked-mode"));

    [Test]
    public void Another_task_is_refused() => Assert.That(() => Run("frobnicate"), Throws.InstanceOf<ParameterBindingException>());

    [Test]
    public void A_command_that_fails_ends_it_with_its_exit_code()
    {
        // The same script, in a folder without a solution: dotnet itself fails, at once.
        var folder = Directory.CreateTempSubdirectory("build").FullName;
        try
        {
            var copy = Path.Combine(folder, "build.ps1");
            File.Copy(Script, copy);
            var output = Run(copy, out var exitCode, "restore");
            Assert.That(exitCode, Is.Not.Zero);
            Assert.That(output, Has.Some.StartsWith("> dotnet restore "));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<string> Run(params string[] arguments) => Run(Script, out _, arguments);

    private static List<string> Run(string script, out int exitCode, params string[] arguments)
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows()) state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        using var runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        var folder = Environment.CurrentDirectory;
        try
        {
            using var shell = System.Management.Automation.PowerShell.Create(runspace);
            var words = arguments.Select(word => word.StartsWith('-') ? word : $"'{word}'");
            var output = shell.AddScript($"& '{script}' {string.Join(' ', words)}").Invoke().Select(line => line.ToString()).ToList();
            // The engine only notes what ends a script by itself.
            if (shell.Streams.Error.FirstOrDefault() is { Exception: var refusal }) throw refusal;
            exitCode = runspace.SessionStateProxy.GetVariable("LASTEXITCODE") as int? ?? 0;
            return output;
        }
        finally
        {
            Environment.CurrentDirectory = folder;
        }
    }
}
