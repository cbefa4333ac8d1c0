using System.Diagnostics;
using EventStore.EF;
using Ordering.Domain;

namespace Ordering.Crowd;

/// <summary>Customers who order at the same time. Some send two conflicting requests for one order together.</summary>
internal sealed class Crowd(IEventStore store, int orders)
{
    private const int Customers = 16;

    private static readonly string[] Names = ["Ada", "Bo", "Chidi", "Daria", "Emil", "Fatma", "Grete", "Hiro", "Inés", "Łucja", "Zoë"];

    private readonly long _start = Stopwatch.GetTimestamp();
    private int _ordered;
    private int _served;
    private int _events;
    private int _conflicts;
    private int _refused;

    /// <summary>The number of orders that are done.</summary>
    public int Served => Volatile.Read(ref _served);

    public async Task OrderAsync(CancellationToken ct)
    {
        var customers = Enumerable.Range(0, Customers).Select(number => Names[number % Names.Length]);
        await Task.WhenAll(customers.Select(name => Task.Run(() => OrderAsync(name, ct), ct)));
    }

    public override string ToString()
    {
        var seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        return FormattableString.Invariant($"{Customers} customers placed {Served:N0} orders: {_events:N0} events in {seconds:N1} s, ")
            + FormattableString.Invariant($"{_conflicts:N0} conflicts retried, {_refused:N0} requests refused.");
    }

    private async Task OrderAsync(string name, CancellationToken ct)
    {
        while (Interlocked.Increment(ref _ordered) <= orders)
        {
            await OrderOnceAsync(new(name, "customer@example.com"), ct);
            Interlocked.Increment(ref _served);
        }
    }

    private async Task OrderOnceAsync(Customer customer, CancellationToken ct)
    {
        // On a random day of the last week, so that there are takings for several days.
        var now = TimeProvider.System.GetUtcNow().AddDays(-Random.Shared.Next(7));
        var placed = Order.Place(Guid.CreateVersion7(), new(customer, AnyLines()), now);
        await store.AppendAsync<OrderPlaced>(Order.StreamOf(placed.OrderId), ExpectedVersion.NoStream, placed, cancellationToken: ct);
        Interlocked.Increment(ref _events);

        Task PayAsync() => TryAsync(placed.OrderId, order => order.Pay(new(placed.Total, AnyMethod()), now.AddMinutes(5)), ct);
        Task CancelAsync() => TryAsync(placed.OrderId, order => order.Cancel(new("Sorry!"), now.AddHours(1)), ct);
        Task ShipAsync() => TryAsync(placed.OrderId, order => order.Ship(new($"TEA-{Random.Shared.Next(1_000_000)}"), now.AddHours(3)), ct);

        switch (Random.Shared.Next(10))
        {
            case 0: // never pays
                break;
            case 1: // cancels before paying
                await CancelAsync();
                break;
            case 2: // cancels after paying
                await PayAsync();
                await CancelAsync();
                break;
            case 3: // clicks twice
                await Task.WhenAll(PayAsync(), PayAsync());
                await ShipAsync();
                break;
            case 4: // pays in one window and cancels in another
                await Task.WhenAll(PayAsync(), CancelAsync());
                break;
            case 5: // cancels while the shop is packing
                await PayAsync();
                await Task.WhenAll(ShipAsync(), CancelAsync());
                break;
            default:
                await PayAsync();
                await ShipAsync();
                break;
        }
    }

    private async Task TryAsync(Guid orderId, Func<Order, IEnumerable<object>> decide, CancellationToken ct)
    {
        var decisions = 0;
        try
        {
            await store.UpdateAsync<Order>(Order.StreamOf(orderId), order =>
            {
                decisions++;
                return decide(order);
            }, ct);
            Interlocked.Increment(ref _events);
        }
        catch (RuleViolationException)
        {
            Interlocked.Increment(ref _refused);
        }

        Interlocked.Add(ref _conflicts, decisions - 1);
    }

    private static RequestedLine[] AnyLines() => [.. Random.Shared.GetItems(Product.All.ToArray(), 3).Distinct()
        .Select(product => new RequestedLine(product.Sku, Random.Shared.Next(1, 5)))];

    private static PaymentMethod AnyMethod() => Random.Shared.GetItems(Enum.GetValues<PaymentMethod>(), 1)[0];
}
