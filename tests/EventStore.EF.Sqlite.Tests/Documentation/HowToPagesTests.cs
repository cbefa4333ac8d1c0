using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Sqlite.Tests.Documentation;

/// <summary>Runs what docs/how-to/delete-personal-data.md and several-stores.md show, and sees that they show what runs.</summary>
public sealed class HowToPagesTests(SqliteFixture fixture) : StoreSpecification(fixture), IClassFixture<SqliteFixture>
{
    protected override void Configure(EventStoreBuilder builder) => builder
        .Configure(options => options.AllowHardDelete = true)
        .AddSubscriber<CustomerList>("customer-list");

    [Fact]
    public async Task A_person_is_removed()
    {
        await Store.Host.StartAsync(Ct);
        await Events.AppendAsync<Opened>("customer-42", ExpectedVersion.NoStream, new("Ada"), cancellationToken: Ct);
        await Events.AppendManyAsync("account-1", ExpectedVersion.NoStream, [new(new Opened("Ada")), new(new Deposited(20))], Ct);

        await RemoveAsync(Events, 42);

        Assert.Null(await Events.Streams.FindAsync("customer-42", Ct));
        Assert.Equal(2, (await Events.Streams.FindAsync("account-1", Ct))?.OldestVersion);
        await Store.Host.StopAsync(Ct);
    }

    [Fact]
    public async Task Two_stores_of_one_process_share_a_transaction()
    {
        var connectionString = Database.ConnectionString;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddEventStore(store => store.UseSqlite(connectionString));

        var billing = Host.CreateEmptyApplicationBuilder(null);
        billing.Services.AddEventStore(store => store
            .UseSqlite(connectionString)
            .UseSchema("billing")
            .MigrateOnStart());
        using var billingHost = billing.Build();
        builder.Services.AddKeyedSingleton("billing", (_, _) => billingHost.Services.GetRequiredService<IEventStore>());

        await billingHost.StartAsync(Ct);
        using var app = builder.Build();
        var store = app.Services.GetRequiredService<IEventStore>();
        var billingStore = app.Services.GetRequiredKeyedService<IEventStore>("billing");
        await using var bank = new BankContext(new DbContextOptionsBuilder<BankContext>().UseSqlite(connectionString).Options);
        await AppendToBothAsync(store, billingStore, bank);

        Assert.Equal(1, (await store.Streams.FindAsync("account-5", Ct))?.Version);
        Assert.Equal(1, (await billingStore.Streams.FindAsync("account-5", Ct))?.Version);
        await billingHost.StopAsync(Ct);
    }

    [Theory]
    [InlineData("delete-personal-data.md")]
    [InlineData("several-stores.md")]
    public void Every_snippet_of_the_page_is_run(string name)
    {
        var program = Lines(File.ReadAllText(
            Path.Combine(Repository.Root, "tests", "EventStore.EF.Sqlite.Tests", "Documentation", "HowToPagesTests.cs")));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "how-to", name));
        var snippets = page.Split("```csharp").Skip(1).Select(rest => rest.Split("```")[0]).ToArray();

        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet => Assert.Contains(Lines(snippet), program, StringComparison.Ordinal));
    }

    private static async Task RemoveAsync(IEventStore store, int customerId)
    {
#pragma warning disable xUnit1051 // A page's snippets have no test's token.
        var forgotten = await store.AppendAsync<CustomerForgotten>("forgotten-customers", ExpectedVersion.Any, new(customerId));
        await store.Subscriptions.WaitForAsync("customer-list", forgotten.LastPosition, TimeSpan.FromSeconds(30));
        await store.Streams.HardDeleteAsync($"customer-{customerId}", ExpectedVersion.Any);

        await store.Streams.TruncateAsync("account-1", beforeVersion: 2);

        await store.Snapshots.DeleteAsync("account-1", "balance");
    }

    private static async Task AppendToBothAsync(IEventStore store, IEventStore billingStore, BankContext bank)
    {
        await using var transaction = await bank.Database.BeginTransactionAsync();
        var inShop = store.WithTransaction(transaction);
        var inBilling = billingStore.WithTransaction(transaction);
        await inShop.AppendAsync<Opened>("account-5", ExpectedVersion.NoStream, new("Ada"));
        await inBilling.AppendAsync<Opened>("account-5", ExpectedVersion.NoStream, new("Ada"));
        await transaction.CommitAsync();
#pragma warning restore xUnit1051
    }

    /// <summary>Without indentation and empty lines.</summary>
    private static string Lines(string text)
        => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

[Event("customer-forgotten")]
public sealed record CustomerForgotten(int CustomerId);

/// <summary>Would delete the customer's row.</summary>
public sealed class CustomerList : ISubscriber<CustomerForgotten>
{
    public ValueTask HandleAsync(CustomerForgotten @event, EventContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
