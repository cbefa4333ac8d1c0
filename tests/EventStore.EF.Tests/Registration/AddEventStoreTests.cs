using System.Reflection;
using System.Text;
using EventStore.EF.Startup;
using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Definitions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Tests.Registration;

/// <summary>A registration whose database and options come from the services.</summary>
public sealed class AddEventStoreTests
{
    [Fact]
    public void What_needs_no_service_is_registered_before_the_services_exist()
    {
        var runs = 0;
        var registered = new ServiceCollection().AddEventStore(
            (_, store) =>
            {
                runs++;
                store.UseSqlite("Data Source=unused.db").MigrateOnStart();
            },
            store => store.AddSubscriber<StringBuilder>("letters").Configure(options => options.MaxUpdateAttempts = 7));

        Assert.Contains(registered, service => service.ServiceType == typeof(StringBuilder));
        Assert.Contains(registered, service => service.ServiceType == typeof(SubscriberRegistration));
        Assert.Equal(3, registered.Count(service => service.ServiceType == typeof(IHostedService)));
        Assert.Equal(0, runs);

        using var services = registered.BuildServiceProvider();
        var (database, startup) = (services.GetRequiredService<StoreDatabase>(), services.GetRequiredService<SchemaStartup>());

        Assert.Equal(("EventStore.EF.Sqlite", 7, 1), (database.Provider.Name, database.Options.MaxUpdateAttempts, runs));
        Assert.Equal((true, 1), (startup.Migrate, startup.Subscriptions));
    }

    [Fact]
    public void The_database_that_the_services_decide_wins()
    {
        using var services = new ServiceCollection().AddEventStore(
            (_, store) => store.UseSqlite("Data Source=unused.db"), store => store.UsePostgreSql("Host=unused")).BuildServiceProvider();

        Assert.Equal("EventStore.EF.Sqlite", services.GetRequiredService<StoreDatabase>().Provider.Name);
    }

    [Fact]
    public void A_store_for_which_nothing_chooses_a_database_is_refused_when_it_is_first_needed()
    {
        using var services = new ServiceCollection().AddEventStore((_, _) => { }).BuildServiceProvider();

        Assert.Contains(
            "UsePostgreSql", Assert.Throws<InvalidOperationException>(services.GetRequiredService<IEventStore>).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_out_of_range_that_needs_no_service_is_refused_at_once()
        => Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddEventStore(
            (_, store) => store.UseSqlite("Data Source=unused.db"), store => store.Configure(options => options.MaxEventSize = 0)));

    [Fact]
    public void A_second_registration_of_any_form_is_refused()
    {
        var registered = new ServiceCollection().AddEventStore((_, _) => { });

        Assert.Throws<InvalidOperationException>(() => registered.AddEventStore((_, _) => { }));
        Assert.Throws<InvalidOperationException>(() => registered.AddEventStore(store => store.UseSqlite("Data Source=unused.db")));
    }

    [Fact]
    public void What_the_services_must_contain_before_they_exist_can_t_be_configured_late()
        => Assert.Equal(
            ["Configure", "MigrateOnStart", "UseSchema"],
            typeof(EventStoreDatabaseBuilder).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Select(method => method.Name).Order(StringComparer.Ordinal));
}
