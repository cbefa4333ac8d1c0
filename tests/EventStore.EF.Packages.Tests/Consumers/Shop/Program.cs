using EventStore.EF;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Shop;
using Shop.Domain;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddSingleton<Letters>();
builder.Services.AddEventStore(store => store.UseShopDatabase().AddSubscriber<OrderLetters>("order-letters"));
builder.Services.AddHealthChecks().AddEventStore().AddEventStoreSubscriptions().AddEventStoreLoops();
using var app = builder.Build();
await app.StartAsync();

var events = app.Services.GetRequiredService<IEventStore>();
var result = await events.AppendAsync("order-1", ExpectedVersion.NoStream, new OrderPlaced("Ada", 12.50m));
await foreach (var recorded in events.ReadStreamAsync("order-1"))
    Console.WriteLine($"read {recorded.StreamVersion} {recorded.EventType} {recorded.As<OrderPlaced>().Customer}");

var letter = await app.Services.GetRequiredService<Letters>().First.Task.WaitAsync(TimeSpan.FromMinutes(1));
Console.WriteLine($"letter to {letter.Customer}, version {result.StreamVersion}");
var health = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
Console.WriteLine($"health of {health.Entries.Count} checks: {health.Status}");
await app.StopAsync();
