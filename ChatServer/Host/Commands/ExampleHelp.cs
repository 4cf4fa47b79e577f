using System.CommandLine;
using System.CommandLine.Invocation;

namespace ChatServer.Host.Commands;

/// <summary>The library's help, and the examples of the command after it.</summary>
internal sealed class ExampleHelp(SynchronousCommandLineAction help, string rootExamples) : SynchronousCommandLineAction
{
    /// <summary>Somebody who asks for help is not told what else is missing.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        var examples = parseResult.CommandResult.Command switch
        {
            ExampleCommand command => command.Examples,
            RootCommand => rootExamples,
            _ => null,
        };
        if (examples is null) return code;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var line in examples.Split('\n')) output.WriteLine($"  {line.TrimEnd('\r')}");
        return code;
    }
}
