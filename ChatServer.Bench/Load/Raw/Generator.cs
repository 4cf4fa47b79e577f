using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// The process that plays the users: a plan and orders come as lines on standard input, answers go as lines to standard output. Ends with
/// its input, so that it never outlives whoever started it.
/// </summary>
internal static class Generator
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter() },
    };

    public static int Run(TextReader orders, TextWriter answers)
    {
        if (orders.ReadLine() is not { } first) return 1;
        var plan = JsonSerializer.Deserialize<RawPlan>(first, Json) ?? throw new InvalidDataException("the first line is no plan");
        using var driver = new RawDriver(plan);
        var work = new GeneratorOrders(driver, answer =>
        {
            answers.WriteLine(JsonSerializer.Serialize(answer, Json));
            answers.Flush();
        });
        work.Say(new GeneratorAnswer());
        var reader = new Thread(() => Read(orders, driver, work)) { IsBackground = true, Name = "orders" };
        reader.Start();
        driver.Run();
        return 0;
    }

    private static void Read(TextReader orders, RawDriver driver, GeneratorOrders work)
    {
        while (orders.ReadLine() is { } line)
        {
            var order = JsonSerializer.Deserialize<GeneratorOrder>(line, Json) ?? throw new InvalidDataException("a line is no order");
            driver.Post(() => work.Take(order));
        }

        driver.Post(driver.End);
    }
}
