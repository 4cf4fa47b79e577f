namespace ChatServer.Bench.Reports;

/// <summary>What became of a figure from one run to another.</summary>
internal enum Change
{
    /// <summary>The figure is neither good nor bad.</summary>
    None,
    Same,
    Better,
    Worse,
}
