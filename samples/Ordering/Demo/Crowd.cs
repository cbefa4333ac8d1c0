using Ordering.Domain;
using Ordering.Orders;

namespace Ordering.Demo;

/// <summary>Customers who order at the same time, some of them in two minds about one order.</summary>
internal sealed class Crowd(OrderDesk desk, int orders)
{
    private static readonly string[] Names = ["Ada", "Bo", "Chidi", "Daria", "Emil", "Fatma", "Grete", "Hiro", "Inés", "Jakub", "Kwame", "Łucja", "Mei", "Noor", "Oskar", "Zoë"];

    /// <summary>The customers pay on different days of the week before this one, so that there are takings per day to look at.</summary>
    private readonly DateTimeOffset _today = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    private int _ordered;
    private int _served;
    private int _refused;

    /// <summary>Orders that nothing more will happen to.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <summary>How often the rules said no.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>So many customers order until there are enough orders.</summary>
    public Task ComeAsync(int customers, CancellationToken ct)
        => Task.WhenAll(Enumerable.Range(0, customers).Select(customer => Task.Run(() => OrderAsync(Names[customer % Names.Length], ct), ct)));

    private async Task OrderAsync(string name, CancellationToken ct)
    {
        while (Interlocked.Increment(ref _ordered) <= orders)
        {
            await OneOrderAsync(new(name, $"{name.ToLowerInvariant()}@example.com"), ct);
            Interlocked.Increment(ref _served);
        }
    }

    private async Task OneOrderAsync(Customer customer, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        var day = _today.AddDays(-Random.Shared.Next(7));
        var total = 0m;
        await desk.ChangeAsync(id, order =>
        {
            var events = order.Place(new(customer, Lines(), DateOnly.FromDateTime(day.UtcDateTime).AddDays(3)), id, day);
            total = ((OrderPlaced)events[0]).Total;
            return events;
        }, ct);

        Task Pay() => TryAsync(id, order => order.Pay(new(total, Any<PaymentMethod>()), day.AddMinutes(5)), ct);
        Task Ship() => TryAsync(id, order => order.Ship(new($"TEA{Random.Shared.Next(1_000_000):D6}", Any<Carrier>()), day.AddHours(3)), ct);
        Task Cancel() => TryAsync(id, order => order.Cancel(new(Any<CancellationReason>(), "Sorry!"), day.AddHours(1)), ct);

        switch (Random.Shared.Next(10))
        {
            case 0: // Never pays.
                break;
            case 1: // Thinks better of it.
                await Cancel();
                break;
            case 2: // Pays, thinks better of it.
                await Pay();
                await Cancel();
                break;
            case 3: // Clicks twice.
                await Task.WhenAll(Pay(), Pay());
                await Ship();
                break;
            case 4: // Cancels in one window, pays in another.
                await Task.WhenAll(Pay(), Cancel());
                break;
            case 5: // Cancels while the parcel is being packed.
                await Pay();
                await Task.WhenAll(Ship(), Cancel());
                break;
            default:
                await Pay();
                await Ship();
                break;
        }
    }

    private async Task TryAsync(Guid id, Func<Order, IReadOnlyList<object>> decide, CancellationToken ct)
    {
        try
        {
            await desk.ChangeAsync(id, decide, ct);
        }
        catch (RuleViolationException)
        {
            Interlocked.Increment(ref _refused);
        }
    }

    private static RequestedLine[] Lines()
        => [.. Random.Shared.GetItems(ShopRange.Products.ToArray(), 3).Distinct().Select(product => new RequestedLine(product.Sku, Random.Shared.Next(1, 5)))];

    private static T Any<T>()
        where T : struct, Enum
        => Random.Shared.GetItems(Enum.GetValues<T>(), 1)[0];
}
