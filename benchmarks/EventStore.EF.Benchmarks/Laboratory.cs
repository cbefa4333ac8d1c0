using EventStore.EF.TestDatabases;

namespace EventStore.EF.Benchmarks;

/// <summary>What the cases of one table need: databases, which they share by name, and somebody to compare by turns.</summary>
internal sealed class Laboratory(BenchmarkOptions options, PostgreSqlServer? server, Progress progress) : IAsyncDisposable
{
    private readonly Dictionary<string, PostgreSqlSite> _postgreSql = [];
    private SqliteSite? _sqlite;

    public Progress Progress => progress;

    public int Rounds => options.Rounds;

    public TimeSpan Duration => options.Duration;

    /// <summary>How many operations arrive in a round of the open cases.</summary>
    public int Arrivals => options.Arrivals;

    public Contest Contest { get; } = new(options, progress);

    /// <summary>How often something happens in one round that happens so often in a second; at least once.</summary>
    public int Times(int perSecond) => Math.Max(1, (int)(perSecond * options.Duration.TotalSeconds));

    /// <summary>The database of this name, made when it is first asked for.</summary>
    public async Task<PostgreSqlSite> PostgreSqlAsync(string name)
    {
        if (!_postgreSql.TryGetValue(name, out var site))
            _postgreSql[name] = site = await PostgreSqlSite.CreateAsync(server ?? throw new InvalidOperationException("No PostgreSQL was asked for."));

        return site;
    }

    public async Task<SqliteSite> SqliteAsync() => _sqlite ??= await SqliteSite.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var site in _postgreSql.Values)
            await site.DisposeAsync();

        _sqlite?.Dispose();
    }
}
