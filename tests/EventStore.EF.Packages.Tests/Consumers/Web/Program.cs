using Billing.Domain;
using EventStore.EF;
using Sales.Domain;
using Web;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddEventStore(store => store.UseSqlite(Environment.GetEnvironmentVariable("SHOP_DATABASE")!).MigrateOnStart());
await using var app = builder.Build();
app.MapPost("/orders/{number:int}", (int number, IEventStore store) => store.AppendManyAsync($"order-{number}", ExpectedVersion.NoStream, [
    new NewEvent(new OrderPlaced(number, "Ada")), new NewEvent(new InvoiceSent(number, 12.50m)), new NewEvent(new OrderViewed(number, new(2026, 1, 31)))]));
app.MapGet("/orders/{number:int}", async (int number, IEventStore store) =>
    string.Join('\n', await store.ReadStreamAsync($"order-{number}").Select(e => FormattableString.Invariant($"{e.StreamVersion}: {e.EventType} {e.Data}")).ToListAsync()));
await app.StartAsync();

// What somebody with a browser would do.
using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
(await client.PostAsync("/orders/7", content: null)).EnsureSuccessStatusCode();
Console.WriteLine(await client.GetStringAsync("/orders/7"));
await app.StopAsync();
