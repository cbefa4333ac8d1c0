using System.Globalization;
using EventStore.EF;
using Microsoft.EntityFrameworkCore;
using Ordering.Domain;
using Ordering.Mail;
using Ordering.Orders;
using Ordering.Projection;

namespace Ordering.Demo;

/// <summary>
/// Reads every event there is and compares what it says with the order list, the takings and the mailbox. It shares no code with
/// the projection: orders are loaded as the desk loads them.
/// </summary>
internal sealed class Verification(IEventStore store, IDbContextFactory<EventStoreDbContext> contexts, IServiceScopeFactory scopes, Mailbox mailbox)
{
    private const int Shown = 20;

    private readonly Dictionary<Guid, (long Version, long First)> _orders = [];
    private readonly Dictionary<DateOnly, (decimal Amount, int Payments, int Refunds)> _days = [];
    private readonly List<string> _emails = [];
    private readonly List<string> _mismatches = [];

    /// <summary>Whether everything is equal. Tells what differs, and how much was compared.</summary>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        await ReadEventsAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var shop = scope.ServiceProvider.GetRequiredService<ShopDbContext>();
        await CompareOrdersAsync(await shop.Orders.AsNoTracking().ToListAsync(ct), ct);
        CompareDays(await shop.Revenue.AsNoTracking().ToListAsync(ct));
        await CompareEmailsAsync(ct);
        return Report();
    }

    private async Task ReadEventsAsync(CancellationToken ct)
    {
        var position = 0L;
        await foreach (var @event in store.ReadAllAsync(new() { Filter = EventFilter.StreamPrefix("order-") }, ct))
        {
            Expect($"event at {@event.Position}", "follows", @event.Position > position, true);
            position = @event.Position;

            var id = Guid.Parse(@event.StreamName.Value["order-".Length..]);
            var before = _orders.GetValueOrDefault(id, (0, @event.Position));
            Expect($"order {id}", "version", @event.StreamVersion, before.Version + 1);
            _orders[id] = (@event.StreamVersion, before.First);
            _emails.Add(Email.NameOf(@event.Position, id, @event.EventType));
            Earn(@event.Data);
        }

        // The streams say themselves how long they are: what is missing above would show here.
        await using var context = await contexts.CreateDbContextAsync(ct);
        foreach (var stream in await context.Streams.Where(stream => stream.Name.StartsWith("order-")).ToListAsync(ct))
            Expect($"stream {stream.Name}", "version", _orders.GetValueOrDefault(Guid.Parse(stream.Name["order-".Length..])).Version, stream.Version);
    }

    private void Earn(object @event)
    {
        switch (@event)
        {
            case OrderPaid paid:
                var payments = Day(paid.PaidAt);
                _days[payments.Key] = payments.Value with { Amount = payments.Value.Amount + paid.Amount, Payments = payments.Value.Payments + 1 };
                break;
            case OrderRefunded refunded:
                var refunds = Day(refunded.RefundedAt);
                _days[refunds.Key] = refunds.Value with { Amount = refunds.Value.Amount - refunded.Amount, Refunds = refunds.Value.Refunds + 1 };
                break;
        }
    }

    private KeyValuePair<DateOnly, (decimal Amount, int Payments, int Refunds)> Day(DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        return new(day, _days.GetValueOrDefault(day));
    }

    private async Task CompareOrdersAsync(List<OrderRow> rows, CancellationToken ct)
    {
        var unseen = _orders.ToDictionary();
        foreach (var row in rows)
        {
            var what = $"order {row.Id}";
            if (!unseen.Remove(row.Id, out var events))
            {
                _mismatches.Add($"{what} is in the list and has no events");
                continue;
            }

            var (version, first) = events;
            var order = (await store.LoadAsync<Order>(OrderDesk.StreamOf(row.Id), ct)).State;
            Expect(what, nameof(row.Status), row.Status, order.Status);
            Expect(what, nameof(row.CustomerName), row.CustomerName, order.Customer?.Name);
            Expect(what, nameof(row.CustomerEmail), row.CustomerEmail, order.Customer?.Email);
            Expect(what, nameof(row.Items), row.Items, OrderList.Describe(order.Lines));
            Expect(what, nameof(row.Total), row.Total, order.Total);
            Expect(what, nameof(row.Paid), row.Paid, order.Paid);
            Expect(what, nameof(row.Refunded), row.Refunded, order.Refunded);
            Expect(what, nameof(row.TrackingCode), row.TrackingCode, order.Shipment?.TrackingCode);
            Expect(what, nameof(row.DeliverBy), row.DeliverBy, order.DeliverBy);
            Expect(what, nameof(row.PlacedAt), row.PlacedAt, order.PlacedAt);
            Expect(what, nameof(row.ClosedAt), row.ClosedAt, order.ClosedAt);
            Expect(what, nameof(row.Version), row.Version, version);
            Expect(what, nameof(row.FirstPosition), row.FirstPosition, first);
        }

        foreach (var id in unseen.Keys)
            _mismatches.Add($"order {id} has events and is not in the list");
    }

    private void CompareDays(List<RevenueRow> rows)
    {
        foreach (var day in _days.Keys.Union(rows.Select(row => row.Day)).Order())
        {
            var row = rows.Find(row => row.Day == day);
            var (amount, payments, refunds) = _days.GetValueOrDefault(day);
            var what = string.Create(CultureInfo.InvariantCulture, $"takings of {day:yyyy-MM-dd}");
            Expect(what, nameof(row.Amount), row?.Amount, amount);
            Expect(what, nameof(row.Payments), row?.Payments, payments);
            Expect(what, nameof(row.Refunds), row?.Refunds, refunds);
        }
    }

    private async Task CompareEmailsAsync(CancellationToken ct)
    {
        var names = mailbox.Names();
        foreach (var name in _emails.Except(names))
            _mismatches.Add($"e-mail '{name}' was not written");
        foreach (var name in names.Except(_emails))
            _mismatches.Add($"e-mail '{name}' has no event");

        // What is handled again after a crash is handled again in order, so the times rise whatever happened.
        var before = DateTimeOffset.MinValue;
        foreach (var name in names)
        {
            var at = (await mailbox.ReadAsync(name, ct)).HandledAt;
            if (at < before)
                _mismatches.Add($"e-mail '{name}' was written at {at:O}, before the one of the event before it ({before:O})");

            before = at;
        }
    }

    private void Expect<T>(string what, string field, T actual, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(actual, expected))
            _mismatches.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {field} is '{actual}', by the events '{expected}'"));
    }

    private bool Report()
    {
        foreach (var mismatch in _mismatches.Take(Shown))
            Console.WriteLine($"  ✗ {mismatch}");
        if (_mismatches.Count > Shown)
            Console.WriteLine($"  … and {_mismatches.Count - Shown} more");

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Compared {_emails.Count:N0} events with {_orders.Count:N0} orders, {_days.Count} days and {_emails.Count:N0} e-mails: {(_mismatches.Count == 0 ? "all equal." : $"{_mismatches.Count:N0} differences.")}"));
        return _mismatches.Count == 0;
    }
}
