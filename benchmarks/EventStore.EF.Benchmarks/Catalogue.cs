namespace EventStore.EF.Benchmarks;

/// <summary>All cases, by the word that asks for them.</summary>
internal static class Catalogue
{
    private static readonly Dictionary<string, Func<BenchmarkOptions, IEnumerable<BenchmarkCase>>> Tables = new()
    {
        ["append"] = _ => AppendCases.All,
        ["read"] = _ => ReadCases.All,
        ["subscriptions"] = _ => SubscriptionCases.All,
        ["telemetry"] = _ => TelemetryCases.All,
        ["open"] = _ => OpenCases.All,
        ["embedded"] = options => EmbeddedCases.UpTo(options.MaxEvents),
        ["scale"] = options => ScaleCases.UpTo(options.MaxEvents),
    };

    public static IReadOnlyCollection<string> Words => Tables.Keys;

    public static IReadOnlyList<BenchmarkCase> Of(string word, BenchmarkOptions options) => [.. Tables[word](options).Where(options.Includes)];
}
