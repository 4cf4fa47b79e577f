namespace ChatServer.Bench.Fuzz;

/// <summary>An input and what is wrong with it.</summary>
internal sealed record FuzzFinding(string Target, string Fault, byte[] Input)
{
    public override string ToString() =>
        $"{Target}: {Fault}\n  input {Convert.ToHexStringLower(Input)}\n  again: dotnet run -c Release --project ChatServer.Bench -- fuzz replay {Target} {Convert.ToHexStringLower(Input)}";
}
