using System.CommandLine;

namespace ChatServer.Host.Commands;

/// <summary>A command whose help ends with examples: for most readers they are the help.</summary>
internal sealed class ExampleCommand(string name, string description, string examples) : Command(name, description)
{
    public string Examples { get; } = examples;
}
