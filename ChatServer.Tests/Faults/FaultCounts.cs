using System.Globalization;

namespace ChatServer.Tests.Faults;

/// <summary>How much a run of faults does: little enough for every run of the tests, or as much as a variable says.</summary>
internal static class FaultCounts
{
    public static int Of(string variable, int standard) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : standard;
}
