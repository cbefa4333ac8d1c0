namespace EventStore.EF.Faults;

/// <summary>Gives every target its share of the cases.</summary>
internal static class Fuzzer
{
    private const int Shares = 1000;

    /// <summary>The targets that need no database, and one on SQLite.</summary>
    public static IReadOnlyList<FuzzTarget> Targets(string sqliteFile) =>
    [
        new NameTarget(), new PayloadTarget(), new StoredBytesTarget(), new MetadataTarget(), new OptionTarget(),
        new StoreTarget(Provider.Sqlite, $"Data Source={sqliteFile}", 2),
    ];

    /// <summary>How many cases were tried.</summary>
    public static async Task<long> RunAsync(IEnumerable<FuzzTarget> targets, long cases, TextWriter output, CancellationToken ct)
    {
        var tried = 0L;
        foreach (var target in targets)
        {
            ct.ThrowIfCancellationRequested();
            var share = Math.Max(10, cases * target.Share / Shares);
            var started = TimeProvider.System.GetTimestamp();
            await target.RunAsync(share, ct).ConfigureAwait(false);
            tried += share;
            output.WriteLine(FormattableString.Invariant($"{target.Name,-20} {share,12:N0} cases   {TimeProvider.System.GetElapsedTime(started).TotalSeconds,8:0.0} s"));
        }

        return tried;
    }
}
