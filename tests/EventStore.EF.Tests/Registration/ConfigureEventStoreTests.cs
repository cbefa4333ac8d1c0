using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Tests.Registration;

/// <summary>Configurations of the database and options that run when the services exist.</summary>
public sealed class ConfigureEventStoreTests
{
    [Fact]
    public void The_last_configuration_wins_and_begins_with_what_the_earlier_ones_decided()
    {
        using var services = Registered(
            (_, store) => store.UsePostgreSql("Host=unused").Configure(options => options.MaxUpdateAttempts += 1),
            (_, store) => store.Configure(options => options.MaxUpdateAttempts *= 10)).BuildServiceProvider();

        var database = services.GetRequiredService<StoreDatabase>();

        Assert.Equal("EventStore.EF.PostgreSQL", database.Provider.Name);
        Assert.Equal((310, 4096L), (database.Options.MaxUpdateAttempts, database.Options.MaxEventSize));
    }

    [Fact]
    public async Task It_runs_once_for_each_service_provider_and_changes_no_other()
    {
        var runs = 0;
        var registered = Registered((_, store) => store.Configure(options => options.MaxUpdateAttempts += ++runs));
        await using var first = registered.BuildServiceProvider();
        await using var second = registered.BuildServiceProvider();

        Assert.Equal(0, runs);
        Assert.Equal((31, 31, 32), (Attempts(first), Attempts(first), Attempts(second)));

        static int Attempts(ServiceProvider services)
        {
            _ = services.GetRequiredService<IEventStore>();
            return services.GetRequiredService<EventStoreOptions>().MaxUpdateAttempts;
        }
    }

    [Fact]
    public void Without_a_registered_store_it_is_refused_with_the_order_of_the_calls()
        => Assert.Contains(
            "Call AddEventStore first",
            Assert.Throws<InvalidOperationException>(() => new ServiceCollection().ConfigureEventStore((_, _) => { })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_second_registration_is_refused_with_what_to_call_instead()
        => Assert.Contains(
            "call ConfigureEventStore",
            Assert.Throws<InvalidOperationException>(() => Registered().AddEventStore(store => store.UseSqlite("Data Source=other.db"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Two_databases_in_one_configuration_are_refused()
    {
        using var services = Registered((_, store) => store.UsePostgreSql("Host=unused").UseSqlite("Data Source=other.db")).BuildServiceProvider();

        Assert.Contains("only once", Refused<InvalidOperationException>(services).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_t_work_is_refused_when_the_store_is_first_needed()
    {
        using var options = Registered((_, store) => store.Configure(options => options.MaxEventSize = 0)).BuildServiceProvider();
        Assert.Equal(nameof(EventStoreOptions.MaxEventSize), Refused<ArgumentOutOfRangeException>(options).ParamName);

        using var schema = Registered((_, store) => store.UseSchema("shop_parked")).BuildServiceProvider();
        Assert.Contains("shop_parked", Refused<ArgumentException>(schema).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_asks_for_the_store_is_refused_instead_of_repeated_for_ever()
    {
        using var asking = Registered((provider, _) => provider.GetRequiredService<IEventStore>()).BuildServiceProvider();
        AssertRefused(asking);

        using var reading = Registered((provider, _) =>
            {
                using var scope = provider.CreateScope();
                scope.ServiceProvider.GetRequiredService<NeighbourContext>();
            })
            .AddDbContext<NeighbourContext>(context => context.UseSqlite("Data Source=unused.db")).BuildServiceProvider();
        AssertRefused(reading);

        static void AssertRefused(ServiceProvider services) => Assert.Contains(
            "asks the services for the store", Refused<InvalidOperationException>(services).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_builder_that_is_used_after_its_call_refuses_everything()
    {
        EventStoreBuilder? builder = null;
        EventStoreDatabaseBuilder? late = null;
        await using var services = new ServiceCollection()
            .AddEventStore(store => builder = store.UseSqlite("Data Source=unused.db"))
            .ConfigureEventStore((_, store) => late = store).BuildServiceProvider();
        _ = services.GetRequiredService<IEventStore>();

        foreach (var (method, call) in new (string, Action)[]
        {
            ("AddSubscriber", () => builder!.AddSubscriber<NeighbourContext>("orders")),
            ("AddProjection", () => builder!.AddProjection<object, NeighbourContext>("orders")),
            ("AddEventsFrom", () => builder!.AddEventsFrom(typeof(string).Assembly)),
            ("ForeignEvents", () => builder!.ForeignEvents("crm-*")),
            ("MigrateOnStart", () => builder!.MigrateOnStart()),
            ("Configure", () => builder!.Configure(_ => { })),
            ("UseSqlite", () => builder!.UseSqlite("Data Source=other.db")),
            ("UseSchema", () => late!.UseSchema("shop")),
            ("UsePostgreSql", () => late!.UsePostgreSql("Host=unused")),
        })
        {
            Assert.StartsWith($"{method} comes too late", Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal);
        }
    }

    private static TException Refused<TException>(ServiceProvider services)
        where TException : Exception
        => Assert.Throws<TException>(services.GetRequiredService<IEventStore>);

    private static IServiceCollection Registered(params Action<IServiceProvider, EventStoreDatabaseBuilder>[] configurations)
    {
        var services = new ServiceCollection().AddEventStore(store => store
            .UseSqlite("Data Source=unused.db").Configure(options => options.MaxEventSize = 4096));
        foreach (var configuration in configurations)
            services.ConfigureEventStore(configuration);

        return services;
    }
}

/// <summary>A context of the application beside the store.</summary>
public sealed class NeighbourContext(DbContextOptions<NeighbourContext> options) : DbContext(options);
