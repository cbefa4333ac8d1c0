using System.Runtime.CompilerServices;
using EventStore.EF;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Ordering.Tests;

/// <summary>The tests that docs/how-to/test-handlers.md shows.</summary>
public sealed class TestHandlersPageTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly Customer Ada = new("Ada", "ada@example.com");
    private static readonly OrderPlaced Placed = Order.Place(Guid.CreateVersion7(), new(Ada, [new("tea-assam", 2)]), Now);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_paid_order_is_shipped()
    {
        var order = new Order(Guid.Empty, Ada, Total: 23, OrderStatus.Paid);

        var next = order.Ship(new("1Z999"), Now);

        Assert.Equal([new OrderShipped(Guid.Empty, "1Z999", Now)], next);
    }

    [Fact]
    public void An_order_that_was_placed_and_paid_is_paid()
    {
        var order = StateOf<Order>.Fold(Placed, new OrderPaid(Placed.OrderId, Placed.Total, PaymentMethod.Card, Now));

        Assert.Equal(OrderStatus.Paid, order.Status);
    }

    [Fact]
    public async Task An_order_that_was_placed_is_listed()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(Ct);
        await using var shop = new ShopDbContext(new DbContextOptionsBuilder<ShopDbContext>().UseSqlite(connection).Options);
        await shop.Database.EnsureCreatedAsync(Ct);

        await new OrderList(shop).HandleAsync(Placed, EventContext.For(Placed), Ct);
        await shop.SaveChangesAsync(Ct);

        Assert.Equal("Ada", (await shop.Orders.SingleAsync(Ct)).Customer);
    }

    [Fact]
    public async Task An_order_that_is_placed_appears_in_the_list()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.db");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddShop(postgres: null, sqliteFile: file);
        using var app = builder.Build();
        await app.StartAsync(Ct);
        var store = app.Services.GetRequiredService<IEventStore>();

        var written = await store.AppendAsync(Order.StreamOf(Placed.OrderId), ExpectedVersion.NoStream, Placed, cancellationToken: Ct);
        await store.Subscriptions.WaitForAsync("order-list", written.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);

        await using var scope = app.Services.CreateAsyncScope();
        Assert.Equal("Ada", (await scope.ServiceProvider.GetRequiredService<ShopDbContext>().Orders.SingleAsync(Ct)).Customer);
        await app.StopAsync(Ct);
    }

    [Fact]
    public async Task An_order_is_listed_by_the_application_as_it_is_registered()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.db");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddShop(postgres: "Host=production;Database=shop", sqliteFile: null);
        UseFile(builder.Services, $"Data Source={file}");
        using var app = builder.Build();
        await app.StartAsync(Ct);
        var store = app.Services.GetRequiredService<IEventStore>();

        var written = await store.AppendAsync(Order.StreamOf(Placed.OrderId), ExpectedVersion.NoStream, Placed, cancellationToken: Ct);
        await store.Subscriptions.WaitForAsync("order-list", written.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);

        await using var scope = app.Services.CreateAsyncScope();
        Assert.Equal("Ada", (await scope.ServiceProvider.GetRequiredService<ShopDbContext>().Orders.SingleAsync(Ct)).Customer);
        await app.StopAsync(Ct);
    }

    [Fact]
    public void Every_snippet_of_the_page_is_run()
    {
        var program = Lines(File.ReadAllText(ThisFile()));
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "docs", "how-to", "test-handlers.md"));
        var snippets = page.Split("```csharp").Skip(1).Select(rest => rest.Split("```")[0]).ToArray();

        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet => Assert.Contains(Lines(snippet), program, StringComparison.Ordinal));
    }

    private static void UseFile(IServiceCollection services, string connectionString)
    {
        services.ConfigureEventStore((_, store) => store.UseSqlite(connectionString).MigrateOnStart());
        services.RemoveAll<IDbContextOptionsConfiguration<ShopDbContext>>();
        services.ConfigureDbContext<ShopDbContext>(shop => shop.UseSqlite(connectionString));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    /// <summary>Without indentation and empty lines.</summary>
    private static string Lines(string text)
        => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
