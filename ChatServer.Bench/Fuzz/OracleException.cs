namespace ChatServer.Bench.Fuzz;

/// <summary>A claim of a target does not hold for an input. Never thrown by the product, so it cannot be taken for a refusal.</summary>
internal sealed class OracleException : Exception
{
    public OracleException()
    {
    }

    public OracleException(string message)
        : base(message)
    {
    }

    public OracleException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
