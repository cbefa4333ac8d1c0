using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.PostgreSQL.Tests.Documentation;

/// <summary>Runs what docs/projections.md shows, in its order, and sees that it shows what runs.</summary>
public sealed class ProjectionsPageTests(PostgreSqlFixture fixture) : StoreSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task The_program_of_the_page_runs()
    {
        Assert.SkipWhen(Fixture.IsPooled, "the page's program knows of no pool");
        var connectionString = Database.ConnectionString;
        await Database.ExecuteAsync("""CREATE TABLE "Orders" ("Id" uuid NOT NULL PRIMARY KEY, "Customer" text NOT NULL, "Total" numeric NOT NULL, "Paid" numeric NOT NULL)""");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDbContextPool<ShopDbContext>(options => options.UseNpgsql(connectionString));
        builder.Services.AddEventStore(store => store
            .UsePostgreSql(connectionString)
            .AddProjection<OrderList, ShopDbContext>("order-list"));
        using var application = builder.Build();
        await application.StartAsync(Ct);
        await using var scope = application.Services.CreateAsyncScope();
        await ShowAsync(application.Services.GetRequiredService<IEventStore>(), scope.ServiceProvider.GetRequiredService<ShopDbContext>());
        await application.StopAsync(Ct);
    }

    [Fact]
    public void Every_snippet_of_the_page_is_run()
    {
        var program = Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "EventStore.EF.PostgreSQL.Tests", "Documentation", "ProjectionsPageTests.cs")));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "projections.md"));
        var snippets = page.Split("```csharp").Skip(1).Select(rest => rest.Split("```")[0]).ToArray();

        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet => Assert.Contains(Lines(snippet), program, StringComparison.Ordinal));
    }

    private static async Task ShowAsync(IEventStore store, ShopDbContext shop)
    {
        var order = Guid.NewGuid();
        var stream = $"order-{order}";
        await store.AppendAsync<OrderPlaced>(stream, ExpectedVersion.NoStream, new(order, "Ada", 12.50m), cancellationToken: Ct);
#pragma warning disable xUnit1051 // A page's snippets have no test's token.
        var paid = await store.AppendAsync<OrderPaid>(stream, ExpectedVersion.StreamExists, new(order, 12.50m));
        await store.Subscriptions.WaitForAsync("order-list", paid.LastPosition, TimeSpan.FromSeconds(5));
        Assert.Equal(12.50m, (await shop.Orders.AsNoTracking().SingleAsync()).Paid);

        await store.Subscriptions.PauseAsync("order-list");
        await store.Subscriptions.RewindAsync("order-list", 0, ParkedEventHandling.Discard);   // from here on the old owner commits nothing
        await shop.Orders.ExecuteDeleteAsync();
        await store.Subscriptions.ResumeAsync("order-list");
        await store.Subscriptions.WaitForAsync("order-list", paid.LastPosition, TimeSpan.FromSeconds(30));
        Assert.Equal(12.50m, (await shop.Orders.AsNoTracking().SingleAsync()).Paid);
#pragma warning restore xUnit1051
    }

    /// <summary>Without indentation and empty lines.</summary>
    private static string Lines(string text)
        => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

[Event("order-placed")]
public sealed record OrderPlaced(Guid OrderId, string Customer, decimal Amount);

[Event("order-paid")]
public sealed record OrderPaid(Guid OrderId, decimal Amount);

public sealed class OrderRow
{
    public Guid Id { get; init; }

    public required string Customer { get; init; }

    public decimal Total { get; init; }

    public decimal Paid { get; set; }
}

public sealed class ShopDbContext(DbContextOptions<ShopDbContext> options) : DbContext(options)
{
    public DbSet<OrderRow> Orders => Set<OrderRow>();
}

public sealed class OrderList(ShopDbContext shop) : ISubscriber<OrderPlaced>, ISubscriber<OrderPaid>
{
    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken cancellationToken)
    {
        shop.Add(new OrderRow { Id = @event.OrderId, Customer = @event.Customer, Total = @event.Amount });
        return ValueTask.CompletedTask;
    }

    public async ValueTask HandleAsync(OrderPaid @event, EventContext context, CancellationToken cancellationToken)
        => (await shop.Orders.FindAsync([@event.OrderId], cancellationToken))!.Paid += @event.Amount;
}
