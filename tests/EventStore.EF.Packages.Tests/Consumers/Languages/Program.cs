using EventStore.EF;
#if LISTED
using Shop;

[assembly: Events(typeof(ParcelSent), typeof(InvoicePaid))]
#endif

foreach (var name in EventCatalog.Of(typeof(Program).Assembly).Events.Select(e => e.Name).Order())
    Console.WriteLine($"knows {name}");
