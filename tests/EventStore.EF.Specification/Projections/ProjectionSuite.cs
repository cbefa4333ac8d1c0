using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>The base of the suites about projections: each test has a database of its own, with a table of the application's.</summary>
public abstract class ProjectionSuite(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    /// <summary>The name of the projection.</summary>
    protected const string Projection = "tallies";

    private readonly List<TestStore> _applications = [];

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.ExecuteAsync(TallyContext.Table);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var application in _applications)
            await application.DisposeAsync();

        await base.DisposeAsync();
    }

    /// <summary>What the tests know of an application with a projection.</summary>
    protected sealed record Application(TestStore Store, Recorder Recorder, TransactionPoints Points)
    {
        /// <summary>The host.</summary>
        public IHost Host => Store.Host;

        /// <summary>The store.</summary>
        public IEventStore Events => Store.Events;
    }

    /// <summary>An application with the projection, not started.</summary>
    protected Application NewApplication(Action<SubscriberOptions>? options = null, Action<EventStoreBuilder>? configure = null, string? connectionString = null)
        => NewApplication<TallyProjection>(options, configure, connectionString);

    /// <summary>An application with a projection, not started.</summary>
    protected Application NewApplication<TProjection>(
        Action<SubscriberOptions>? options = null, Action<EventStoreBuilder>? configure = null, string? connectionString = null)
        where TProjection : class
    {
        var (recorder, points) = (new Recorder(), new TransactionPoints());
        var store = Fixture.CreateStore(connectionString ?? Database.ConnectionString, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.Services.AddDbContext<TallyContext>(context =>
            {
                UseContext(context, connectionString ?? Database.ConnectionString);
                context.AddInterceptors(points);
            });
            builder.AddProjection<TProjection, TallyContext>(Projection, subscription =>
            {
                subscription.RetryDelay = TimeSpan.FromMilliseconds(1);
                options?.Invoke(subscription);
            });
            builder.Configure(store => store.RetryDelay = TimeSpan.FromMilliseconds(1));
            configure?.Invoke(builder);
        });
        _applications.Add(store);
        return new(store, recorder, points);
    }

    /// <summary>Points the projection's context at a database.</summary>
    protected virtual void UseContext(DbContextOptionsBuilder context, string connectionString) => Fixture.Use(context, connectionString);

    /// <summary>Waits until the projection has written its checkpoint to a position.</summary>
    protected Task WaitForAsync(Application application, AppendResult appended)
    {
        return application.Points.WaitAsync(async () => await PositionAsync() >= appended.LastPosition, Ct);
    }

    /// <summary>The projection's checkpoint; 0 before it has one.</summary>
    protected Task<long> PositionAsync() => Database.ScalarAsync<long>("SELECT coalesce(min(position), 0) FROM {subscriptions}");

    /// <summary>How many events of a stream have taken effect.</summary>
    protected Task<int> CountAsync(StreamName stream) => Database.ScalarAsync<int>($"SELECT coalesce(sum(events), 0) FROM tallies WHERE stream = '{stream}'");

    /// <summary>Asserts that each event of the store has taken effect once, in its stream's order.</summary>
    protected async Task AssertEachEventOnceAsync()
    {
        var expected = new Dictionary<string, StreamTally>();
        foreach (var @event in await ReadAllAsync(new() { Filter = EventFilter.Types("specification-numbered") }))
        {
            if (!expected.TryGetValue(@event.StreamName.Value, out var tally))
                expected.Add(@event.StreamName.Value, tally = new() { Stream = @event.StreamName.Value });

            tally.Apply(@event.As<Numbered>().Number);
        }

        Assert.Equal(
            expected.Values.Select(tally => (tally.Stream, tally.Events, tally.Total)).Order(),
            (await TalliesAsync()).Select(tally => (tally.Stream, tally.Events, tally.Total)).Order());
    }

    /// <summary>The rows.</summary>
    protected async Task<List<StreamTally>> TalliesAsync()
    {
        var options = new DbContextOptionsBuilder<TallyContext>();
        Fixture.Use(options, Database.ConnectionString);
        await using var context = new TallyContext(options.Options);
        return await context.Tallies.AsNoTracking().ToListAsync(Ct);
    }
}
