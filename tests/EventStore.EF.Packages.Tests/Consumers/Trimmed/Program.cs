using EventStore.EF;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trimmed;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddSingleton<Letters>();
builder.Services.AddEventStore(store =>
{
    _ = args[0] == "sqlite" ? store.UseSqlite(args[1]) : store.UsePostgreSql(args[1]);
    store.MigrateOnStart().AddSubscriber<OrderLetters>("order-letters");
});
using var app = builder.Build();
await app.StartAsync();

var events = app.Services.GetRequiredService<IEventStore>();
await events.AppendAsync("order-1", ExpectedVersion.NoStream, new OrderPlaced("Ada", [new("a", 2, 1.25m)]));
await foreach (var recorded in events.ReadStreamAsync("order-1"))
    Console.WriteLine($"read {recorded.StreamVersion} {recorded.EventType} {recorded.As<OrderPlaced>().Lines[0].Sku}");

Console.WriteLine($"total {(await events.LoadAsync<Order>("order-1")).State.Total}");
await foreach (var stream in events.Streams.ListAsync())
    Console.WriteLine($"stream {stream.Name} at {stream.Version}");

await using (var context = await app.Services.GetRequiredService<IDbContextFactory<EventStoreDbContext>>().CreateDbContextAsync())
    Console.WriteLine($"LINQ {await context.Events.Where(row => row.Type == "order-placed").CountAsync()}");

var letter = await app.Services.GetRequiredService<Letters>().First.Task.WaitAsync(TimeSpan.FromMinutes(1));
await foreach (var subscription in events.Subscriptions.ListAsync())
    Console.WriteLine($"subscription {subscription.Name} is {subscription.Status}");

Console.WriteLine($"letter to {letter.Customer}");
await app.StopAsync();
