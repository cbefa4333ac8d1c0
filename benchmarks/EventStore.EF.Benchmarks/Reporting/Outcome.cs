namespace EventStore.EF.Benchmarks;

/// <summary>What came out of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Unit">Of the main figure: <c>appends/s</c>. The costs beside it are per one of these.</param>
/// <param name="Main">The figure that the case is about.</param>
/// <param name="Beside">What else was measured.</param>
internal sealed record Outcome(BenchmarkCase Case, string Unit, Figure Main, IReadOnlyList<Figure> Beside);
