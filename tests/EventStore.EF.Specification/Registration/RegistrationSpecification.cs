using EventStore.EF.Subscriptions.Definitions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EventStore.EF.Specification;

/// <summary>A store whose database and options are decided when the services exist.</summary>
public abstract class RegistrationSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Database_and_options_may_come_from_the_services()
    {
        await using var empty = await Fixture.CreateDatabaseAsync(migrated: false);
        var recorder = new Recorder();
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:Shop"] = empty.ConnectionString, ["EventStore:MaxEventSize"] = "4096" };
        await using var store = TestStore.Registered(services => services
            .AddSingleton(recorder)
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddEventStore(
                (provider, store) =>
                {
                    var configuration = provider.GetRequiredService<IConfiguration>();
                    Fixture.Use(store, configuration.GetConnectionString("Shop")!);
                    store.Configure(configuration.GetSection("EventStore").Bind);
                },
                store => store.AddSubscriber<NumberedHandler>("orders").MigrateOnStart()));
        await store.Host.StartAsync(Ct);

        var appended = await store.Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await store.Events.Subscriptions.WaitForAsync("orders", appended.LastPosition, Long, cancellationToken: Ct);

        Assert.Equal([appended.LastPosition], recorder.Positions);
        var refused = await Assert.ThrowsAsync<EventTooLargeException>(() => store.Events.AppendAsync(
            "notes", ExpectedVersion.NoStream, new Noted(new('x', 4096)), cancellationToken: Ct));
        Assert.Equal(4096, refused.Limit);
    }

    /// <summary>As <c>ConfigureTestServices</c> of <c>WebApplicationFactory</c> does it: after the application's own registration.</summary>
    [Fact]
    public async Task A_later_configuration_exchanges_the_database_and_each_subscriber_runs_once()
    {
        var recorder = new Recorder();
        await using var store = TestStore.Registered(services =>
        {
            AddApplication(services.AddSingleton(recorder));
            services.ConfigureEventStore((_, store) => Fixture.Use(store, Database.ConnectionString));
        });
        await store.Host.StartAsync(Ct);

        var appended = await store.Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await store.Events.Subscriptions.WaitForAsync("orders", appended.LastPosition, Long, cancellationToken: Ct);

        Assert.Equal([appended.LastPosition], recorder.Positions);
        Assert.Equal("orders", Assert.Single(store.Host.Services.GetServices<SubscriberRegistration>()).Name.Value);
        await AssertNumbersAsync("order-1", 1);
    }

    [Fact]
    public async Task A_projection_follows_when_the_context_is_exchanged_with_the_store()
    {
        await Database.ExecuteAsync(TallyContext.Table);
        await using var store = TestStore.Registered(services =>
        {
            services.AddSingleton<Recorder>().AddDbContext<TallyContext>(context => Fixture.Use(context, Fixture.UnreachableConnectionString));
            services.AddEventStore(store =>
            {
                Fixture.Use(store, Fixture.UnreachableConnectionString);
                store.AddProjection<TallyProjection, TallyContext>("tallies");
            });
            services.ConfigureEventStore((_, store) => Fixture.Use(store, Database.ConnectionString));
            services.RemoveAll<IDbContextOptionsConfiguration<TallyContext>>();
            services.ConfigureDbContext<TallyContext>(context => Fixture.Use(context, Database.ConnectionString));
        });
        await store.Host.StartAsync(Ct);

        var appended = await store.Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await store.Events.Subscriptions.WaitForAsync("tallies", appended.LastPosition, Long, cancellationToken: Ct);

        Assert.Equal(1, await Database.ScalarAsync<int>("SELECT sum(events) FROM tallies"));
    }

    [Fact]
    public async Task A_later_configuration_may_migrate_the_database_that_it_chooses()
    {
        await using var empty = await Fixture.CreateDatabaseAsync(migrated: false);
        await using var store = TestStore.Registered(services =>
        {
            AddApplication(services.AddSingleton<Recorder>());
            services.ConfigureEventStore((_, store) =>
            {
                Fixture.Use(store, empty.ConnectionString);
                store.MigrateOnStart();
            });
        });
        await store.Host.StartAsync(Ct);

        await store.Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
    }

    [Fact]
    public async Task A_later_configuration_that_can_t_work_fails_the_start()
    {
        using var host = TestStore.Registered(services =>
        {
            AddApplication(services.AddSingleton<Recorder>());
            services.ConfigureEventStore((_, store) => store.Configure(options => options.LeaseDuration = TimeSpan.Zero));
        }).Host;

        var refused = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => host.StartAsync(Ct));
        Assert.Equal(nameof(EventStoreOptions.LeaseDuration), refused.ParamName);
    }

    /// <summary>An application with a database that a test doesn't have.</summary>
    private void AddApplication(IServiceCollection services) => services.AddEventStore(store =>
    {
        Fixture.Use(store, Fixture.UnreachableConnectionString);
        store.AddSubscriber<NumberedHandler>("orders");
    });
}
