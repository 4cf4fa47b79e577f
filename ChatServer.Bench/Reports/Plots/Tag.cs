using System.Globalization;
using System.Xml.Linq;

namespace ChatServer.Bench.Reports.Plots;

/// <summary>Elements of HTML and SVG. What is written goes through the XML writer, so text of others cannot become markup.</summary>
internal static class Tag
{
    private static readonly HashSet<string> Void = ["meta", "br", "path", "line", "circle", "rect"];

    /// <summary>An element that is closed by a tag of its own even when it is empty: HTML takes the short form for an opening.</summary>
    public static XElement Of(string name, params object?[] content)
    {
        var element = new XElement(name, content);
        if (element.IsEmpty && !Void.Contains(name)) element.Add("");
        return element;
    }

    public static XAttribute Class(string name) => new("class", name);

    public static XAttribute At(string name, double value) => new(name, Number(value));

    public static XAttribute At(string name, string value) => new(name, value);

    /// <summary>Of a drawing: a tenth of a pixel is more than anybody sees.</summary>
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
