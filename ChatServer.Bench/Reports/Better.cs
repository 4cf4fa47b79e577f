namespace ChatServer.Bench.Reports;

/// <summary>Which way a figure gets better.</summary>
internal enum Better
{
    /// <summary>It says what the run was, not how good it was.</summary>
    Neither,
    Lower,
    Higher,
}
