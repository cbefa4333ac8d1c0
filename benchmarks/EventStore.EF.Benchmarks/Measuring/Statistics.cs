namespace EventStore.EF.Benchmarks;

/// <summary>The two numbers that stand for many.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <param name="sorted">Ascending, not empty.</param>
    /// <param name="part">0 to 1: 0.99 is the value that 99 % don't exceed.</param>
    public static T Percentile<T>(IReadOnlyList<T> sorted, double part) => sorted[Math.Min((int)(sorted.Count * part), sorted.Count - 1)];
}
