using System.Globalization;

namespace EventStore.EF.Benchmarks;

/// <summary>Numbers for people: three digits that matter.</summary>
internal static class Number
{
    public static string Text(double? number) => number is not { } value ? "–" : value.ToString(
        Math.Abs(value) switch
        {
            >= 100 => "N0",
            >= 10 => "N1",
            _ => "N2",
        },
        CultureInfo.InvariantCulture);
}
