using EventStore.EF;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Ordering.Domain;
using static System.FormattableString;

namespace Ordering.Crowd;

/// <summary>
/// Reads every event and compares the states, the order list, the takings and the mailbox with the events. It shares no code with them.
/// </summary>
internal sealed class Verification(IEventStore store, IDbContextFactory<EventStoreDbContext> contexts, IServiceScopeFactory scopes)
{
    private const int Shown = 20;

    private readonly Dictionary<Guid, Expected> _orders = [];
    private readonly List<string> _differences = [];
    private int _events;
    private DateTime _lastEmailAt;

    /// <summary>Writes the differences and a summary to the console, and returns whether everything is equal.</summary>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        await ReadEventsAsync(ct);
        await CompareStreamsAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var shop = scope.ServiceProvider.GetRequiredService<ShopDbContext>();
        CompareRows(await shop.Orders.AsNoTracking().ToDictionaryAsync(row => row.Id, ct));
        CompareTakings(await shop.Takings.ToDictionaryAsync(takings => takings.Day, takings => takings.Amount, ct));
        CompareEmails();
        return Report();
    }

    private async Task ReadEventsAsync(CancellationToken ct)
    {
        var position = 0L;
        await foreach (var @event in store.ReadAllAsync(new() { Filter = EventFilter.StreamPrefix("order-") }, ct))
        {
            Expect($"event {@event.Position}", "comes after the previous event", @event.Position > position, true);
            position = @event.Position;
            _events++;

            var id = ((IOrderEvent)@event.Data).OrderId;
            if (!_orders.TryGetValue(id, out var order))
                _orders.Add(id, order = new());
            Expect($"order {id}", "stream", @event.StreamName.Value, $"order-{id}");
            Expect($"order {id}", "version", @event.StreamVersion, ++order.Version);
            order.Read(@event.Data);
            ReadEmail(order, id, @event);
        }
    }

    private void ReadEmail(Expected order, Guid id, RecordedEvent @event)
    {
        var email = new FileInfo(Path.Combine(Mailbox.FolderOf(id), Mailbox.FileNameOf(@event)));
        order.Emails.Add(email.Name);
        if (!email.Exists)
        {
            _differences.Add($"e-mail '{email}' was not written");
            return;
        }

        // After a crash, the last events are handled again in order, so the times never decrease.
        Expect($"e-mail '{email}'", "written after the previous event's e-mail", email.LastWriteTimeUtc >= _lastEmailAt, true);
        _lastEmailAt = email.LastWriteTimeUtc;
    }

    private async Task CompareStreamsAsync(CancellationToken ct)
    {
        // A stream's row has its version, so a missing event is noticed here.
        await using (var context = await contexts.CreateDbContextAsync(ct))
        {
            foreach (var stream in await context.Streams.Where(stream => stream.Name.StartsWith("order-")).ToListAsync(ct))
            {
                var id = Guid.Parse(stream.Name["order-".Length..]);
                Expect($"stream {stream.Name}", "version", stream.Version, _orders.GetValueOrDefault(id)?.Version);
            }
        }

        foreach (var (id, expected) in _orders)
        {
            var (order, version) = await store.LoadAsync<Order>(Order.StreamOf(id), ct);
            Expect($"state of order {id}", "version", version, expected.Version);
            Expect($"state of order {id}", "content", order, new(id, expected.Placed.Customer, expected.Placed.Total, expected.Status));
        }
    }

    private void CompareRows(Dictionary<Guid, OrderRow> rows)
    {
        foreach (var id in rows.Keys.Except(_orders.Keys))
            _differences.Add($"order {id} is in the list and has no events");

        foreach (var (id, expected) in _orders)
        {
            var what = $"order {id} in the list";
            if (!rows.TryGetValue(id, out var row))
            {
                _differences.Add($"order {id} has events and is not in the list");
                continue;
            }

            Expect(what, nameof(row.Customer), row.Customer, expected.Placed.Customer.Name);
            Expect(what, nameof(row.Items), row.Items, expected.Items);
            Expect(what, nameof(row.Total), row.Total, expected.Placed.Total);
            Expect(what, nameof(row.Status), row.Status, expected.Status);
            Expect(what, nameof(row.Paid), row.Paid, expected.Paid);
            Expect(what, nameof(row.PaidOn), row.PaidOn, expected.PaidOn);
        }
    }

    private void CompareTakings(Dictionary<DateOnly, decimal> takings)
    {
        var expected = _orders.Values.Where(order => order.PaidOn is not null)
            .GroupBy(order => order.PaidOn!.Value).ToDictionary(day => day.Key, day => day.Sum(order => order.Paid));
        foreach (var day in expected.Keys.Union(takings.Keys).Order())
            Expect(Invariant($"takings of {day:yyyy-MM-dd}"), "amount", takings.GetValueOrDefault(day), expected.GetValueOrDefault(day));
    }

    private void CompareEmails()
    {
        foreach (var (id, expected) in _orders)
        {
            var folder = new DirectoryInfo(Mailbox.FolderOf(id));
            foreach (var email in folder.Exists ? folder.GetFiles("*.eml").Select(file => file.Name).Except(expected.Emails) : [])
                _differences.Add($"e-mail '{email}' of order {id} has no event");
        }
    }

    private void Expect<T>(string what, string field, T actual, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(actual, expected))
            _differences.Add(Invariant($"{what}: {field} is '{actual}', but according to the events '{expected}'"));
    }

    private bool Report()
    {
        foreach (var difference in _differences.Take(Shown))
            Console.WriteLine($"  ✗ {difference}");
        if (_differences.Count > Shown)
            Console.WriteLine($"  … and {_differences.Count - Shown} more");

        var emails = _orders.Values.Sum(order => order.Emails.Count);
        var result = _differences.Count == 0 ? "all equal." : $"{_differences.Count} differences.";
        Console.WriteLine(Invariant(
            $"Compared {_events:N0} events with {_orders.Count:N0} orders, their takings and {emails:N0} e-mails: {result}"));
        return _differences.Count == 0;
    }

    /// <summary>The expected content of an order, according to its events.</summary>
    private sealed class Expected
    {
        public long Version { get; set; }
        public OrderPlaced Placed { get; private set; } = null!;
        public string Items => string.Join("; ", Placed.Lines.Select(line => $"{line.Quantity} × {line.Title}"));
        public OrderStatus Status { get; private set; }
        public decimal Paid { get; private set; }
        public DateOnly? PaidOn { get; private set; }
        public HashSet<string> Emails { get; } = [];

        public void Read(object @event)
        {
            switch (@event)
            {
                case OrderPlaced placed:
                    Placed = placed;
                    break;
                case OrderPaid paid:
                    (Status, Paid, PaidOn) = (OrderStatus.Paid, paid.Amount, DateOnly.FromDateTime(paid.PaidAt.UtcDateTime));
                    break;
                case OrderShipped:
                    Status = OrderStatus.Shipped;
                    break;
                case OrderCancelled:
                    (Status, Paid) = (OrderStatus.Cancelled, 0);
                    break;
            }
        }
    }
}
