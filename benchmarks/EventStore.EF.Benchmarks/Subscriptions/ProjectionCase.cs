using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// A projection writes a row for each of 10,000 events, with the checkpoint in the same transactions; the floor writes the same rows by EF
/// Core alone, as many in a transaction.
/// </summary>
internal sealed record ProjectionCase(string Name, Reach Reach) : BenchmarkCase(Name)
{
    private const int Streams = 100;
    private const int EventsPerStream = 100;
    private const int Events = Streams * EventsPerStream;
    private const int RowsPerTransaction = 100;
    private const string Projection = "orders";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await laboratory.PostgreSqlAsync("projection");
        await new PostgreSqlFiller(site, laboratory.Progress).FillAsync(Streams, EventsPerStream);
        await site.ExecuteAsync("""CREATE TABLE projected_orders ("Id" bigint PRIMARY KEY, "Customer" text NOT NULL, "Amount" numeric NOT NULL)""");
        var connectionString = site.Connect(poolSize: 10);
        await using var services = new ServiceCollection().AddDbContextPool<ProjectedContext>(context => context.UseNpgsql(connectionString)).BuildServiceProvider();
        await using var host = await SubscribedHost.StartAsync(
            store => store.UsePostgreSql(connectionString).AddProjection<OrderProjection, ProjectedContext>(Projection, options => options.BatchSize = RowsPerTransaction),
            services => services.AddDbContextPool<ProjectedContext>(context => context.UseNpgsql(connectionString)));
        var last = await site.AskAsync<long>($"SELECT max(position) FROM {PostgreSqlSite.StoreSchema}.events");
        await host.Store.Subscriptions.WaitForAsync(Projection, last, Patience);
        var comparison = await laboratory.Contest.RunAsync(
            Name,
            new Workload(1, _ => ProjectAsync(site, host.Store, last), Events),
            new Workload(1, _ => WriteAsync(site, services), Events),
            site.Processes);
        return new(this, "rows/s", comparison.Rate(Reach), [.. comparison.Beside()]);
    }

    private static async Task ProjectAsync(PostgreSqlSite site, IEventStore store, long last)
    {
        await site.ExecuteAsync("TRUNCATE projected_orders");
        await store.Subscriptions.RewindAsync(Projection, 0, ParkedEventHandling.Keep);
        await store.Subscriptions.WaitForAsync(Projection, last, Patience);
        if (await site.AskAsync<long>("SELECT count(*) FROM projected_orders") is var rows && rows != Events)
            throw new InvalidOperationException($"The projection wrote {rows} rows for {Events} events.");
    }

    private static async Task WriteAsync(PostgreSqlSite site, IServiceProvider services)
    {
        await site.ExecuteAsync("TRUNCATE projected_orders");
        for (var first = 1; first <= Events; first += RowsPerTransaction)
        {
            await using var scope = services.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<ProjectedContext>();
            for (var id = first; id < first + RowsPerTransaction; id++)
                context.Add(new ProjectedOrder { Id = id, Customer = OrderPlaced.Sample.Customer, Amount = OrderPlaced.Sample.Amount });

            await context.SaveChangesAsync();
        }
    }
}
