using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>Store and floor under a profile: an append of either, to one of 1,000 streams.</summary>
internal sealed class OpenSite : IAsyncDisposable
{
    /// <summary>The most connections of each: raw appends take one each while they are under way.</summary>
    private const int PoolSize = 100;

    private const int Streams = 1000;

    /// <summary>Until a pooled connection is free, in seconds: where raw appends are beyond what they can do, that is what they wait for.</summary>
    private const int Patience = 600;

    private readonly DelayProxy? _network;
    private readonly StoreHost _host;
    private readonly PostgreSqlFloor _floor;
    private readonly StreamNames _streams = StreamNames.First(Streams);

    private OpenSite(DelayProxy? network, StoreHost host, PostgreSqlFloor floor)
    {
        _network = network;
        _host = host;
        _floor = floor;
    }

    public static async Task<OpenSite> OpenAsync(Laboratory laboratory, OpenProfile profile)
    {
        var site = await laboratory.PostgreSqlAsync(PostgreSqlAppendCase.Site);
        var direct = site.Connect(PoolSize, profile.ServerOptions);
        var network = profile.EachWay > TimeSpan.Zero ? new DelayProxy(direct, profile.EachWay) : null;
        var connectionString = network?.ConnectionString ?? direct;
        var floor = PostgreSqlFloor.OpenPooled($"{connectionString};Timeout={Patience}", PostgreSqlSite.FloorSchema);
        return new(network, new StoreHost(store => store.UsePostgreSql(connectionString)), floor);
    }

    public Task AppendAsync() => _host.Store.AppendAsync(_streams.Next(), 1);

    public Task AppendRawAsync() => _floor.AppendAsync(caller: 0, _streams.Next());

    /// <summary>How many raw appends a second the pool sustains: its connections never rest.</summary>
    public async Task<double> SustainedAsync(TimeSpan duration)
    {
        var callers = new Workload(PoolSize, _ => AppendRawAsync());
        await callers.RunAsync(duration, server: null);
        return (await callers.RunAsync(duration, server: null)).PerSecond;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _floor.DisposeAsync();
        if (_network is not null)
            await _network.DisposeAsync();
    }
}
