using EventStore.EF;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop.Domain;
using Tools;

var builder = Host.CreateApplicationBuilder(args);
var isSqlite = Environment.GetEnvironmentVariable("SHOP_PROVIDER") == "sqlite";
builder.Services.AddDbContext<ShopContext>(options => _ = isSqlite ? options.UseSqlite() : options.UseNpgsql());
builder.Services.AddEventStore(store =>
{
    _ = isSqlite
        ? store.UseSqlite(builder.Configuration.GetConnectionString("Shop"))
        : store.UsePostgreSql(builder.Configuration.GetConnectionString("Shop"));
    store.UseSchema(builder.Configuration["Shop:Schema"] ?? "eventstore");
});
using var app = builder.Build();
await app.StartAsync();

var events = app.Services.GetRequiredService<IEventStore>();
var result = await events.AppendAsync("order-1", ExpectedVersion.NoStream, new OrderPlaced("Ada", 12.50m));
Console.WriteLine($"appended at version {result.StreamVersion}");
await app.StopAsync();
