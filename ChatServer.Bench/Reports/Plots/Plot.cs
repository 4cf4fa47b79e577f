namespace ChatServer.Bench.Reports.Plots;

/// <summary>What is drawn, and how to read it.</summary>
internal sealed record Plot(string Title, string Caption, Axis X, Axis Y, IReadOnlyList<PlotSeries> Series);
