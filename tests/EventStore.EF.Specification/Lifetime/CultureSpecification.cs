using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>The culture of the thread that calls the store.</summary>
public abstract class CultureSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    [Fact]
    public async Task The_culture_of_the_caller_changes_nothing()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Strange();
        try
        {
            Assert.Equal("minus1", $"{-1}");
            await RunAsync();
        }
        finally
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = before;
        }
    }

    private async Task RunAsync()
    {
        var then = new DateTimeOffset(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero);
        await using var store = Fixture.CreateStore(Database, builder
            => builder.AddSubscriber<MeasuredRefusal>("orders", options => options.MaxAttempts = 1));
        await store.Host.StartAsync(Ct);
        var measured = new Measured(-1234.5, -0.25f, -99.5m, -7, 3);
        var result = await store.Events.AppendManyAsync(
            [new("order-1", ExpectedVersion.NoStream, [new(measured)]) { CreatedAt = then }], Ct);
        var read = Assert.Single(
            await ToListAsync(store.Events.ReadAllAsync(new() { Filter = EventFilter.Created(then, then.AddMilliseconds(1)) }, Ct)));
        Assert.Equal((measured, then), (read.As<Measured>(), read.CreatedAt));
        Assert.Equal(then, (await store.Events.Streams.FindAsync("order-1", Ct))!.CreatedAt);
        Assert.Single(await store.Events.Streams.ListAsync(new() { OrderBy = StreamOrder.LastActivity }, Ct).ToListAsync(Ct));
        await Assert.ThrowsAsync<EventParkedException>(()
            => store.Events.Subscriptions.WaitForAsync("orders", result[0].LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct));
        var parked = Assert.Single(await store.Events.Subscriptions.ListParkedAsync("orders", cancellationToken: Ct).ToListAsync(Ct));
        Assert.InRange(parked.ParkedAt, await Database.NowAsync() - TimeSpan.FromMinutes(5),
            await Database.NowAsync() + TimeSpan.FromSeconds(1));
        Assert.NotNull(await store.Events.Subscriptions.FindAsync("orders", cancellationToken: Ct));
        await store.Events.Snapshots.RecordAsync(new() { Source = "order-1", Type = "tally", Version = 1, Payload = "{}"u8.ToArray() }, Ct);
        Assert.NotNull(await store.Events.Snapshots.FindAsync("order-1", "tally", Ct));
    }

    /// <summary>One that writes numbers and times as nobody reads them, on machines without any culture data too.</summary>
    private static CultureInfo Strange()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "minus";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = " ";
        culture.DateTimeFormat.DateSeparator = ".";
        culture.DateTimeFormat.TimeSeparator = "h";
        culture.DateTimeFormat.ShortDatePattern = "dd/MM/yy";
        culture.DateTimeFormat.LongTimePattern = "ss:mm:HH";
        return culture;
    }

    /// <summary>Fails with a number in its message.</summary>
    public sealed class MeasuredRefusal : ISubscriber<Measured>
    {
        /// <inheritdoc/>
        public ValueTask HandleAsync(Measured @event, EventContext context, CancellationToken cancellationToken)
            => throw new InvalidOperationException($"boom {-1}");
    }
}
