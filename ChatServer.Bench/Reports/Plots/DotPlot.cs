namespace ChatServer.Bench.Reports.Plots;

/// <summary>One value of many things beside each other. Dots, not bars: the axis is logarithmic, and a bar would have no length.</summary>
internal sealed record DotPlot(string Title, string Caption, FigureUnit Unit, IReadOnlyList<DotRow> Rows);
