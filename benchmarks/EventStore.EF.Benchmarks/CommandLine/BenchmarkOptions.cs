namespace EventStore.EF.Benchmarks;

/// <summary>What a run was asked for.</summary>
/// <param name="Words">Which tables, in the order in which they are printed.</param>
/// <param name="Json">Where the figures are written as JSON, if anywhere.</param>
/// <param name="Rounds">Counted rounds of store and floor by turns; before them as many as the JIT compiler needs, at most so many again.</param>
/// <param name="Duration">How long each of the two works in a round.</param>
/// <param name="CaseText">Only cases whose name contains this text.</param>
/// <param name="Provider">Only cases of this database; of all when <see langword="null"/>.</param>
/// <param name="MaxEvents">The largest store that the growing cases fill.</param>
/// <param name="Arrivals">How many operations arrive in a round of the open cases.</param>
internal sealed record BenchmarkOptions(
    IReadOnlyList<string> Words, FileInfo? Json, int Rounds, TimeSpan Duration, string CaseText, Provider? Provider, long MaxEvents, int Arrivals)
{
    public bool Includes(BenchmarkCase @case)
        => @case.Name.Contains(CaseText, StringComparison.OrdinalIgnoreCase) && (Provider is null || @case.Provider == Provider);
}
