using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>Reads, states and subscribers see the newest version of what was stored long ago; positions and versions stay what they are.</summary>
public abstract class VersionSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task Everything_that_reads_sees_the_newest_version()
    {
        var database = await Fixture.CreateDatabaseAsync();
        var handled = new Deliveries();
        await using var store = Fixture.CreateStore(database, builder =>
        {
            builder.Services.AddSingleton(handled);
            builder.AddSubscriber<ParcelHandler>("parcels");
        });

        // The first version stands there from before its class went.
        await store.Events.AppendManyAsync("parcels", ExpectedVersion.NoStream, [new(new ParcelSentV2("a"))], Ct);
        await database.InsertEventAsync("parcels", "specification-parcel-sent", """{"address":"b"}""");
        await store.Events.AppendManyAsync("parcels", ExpectedVersion.At(2), [new(new ParcelsSent(["c", "d"])), new(new ParcelsSent([])), new(new ParcelSent("e", 1))], Ct);

        var read = await ToListAsync(store.Events.ReadStreamAsync("parcels", new() { PageSize = 2 }, Ct));
        Assert.Equal([1, 2, 3, 4, 5], read.Select(@event => @event.StreamVersion));
        Assert.Equal([2, 1, 1, 1, 3], read.Select(@event => @event.SchemaVersion));
        Assert.Equal([1, 1, 2, 0, 1], read.Select(@event => @event.Parts.Count));
        Assert.All(read.SelectMany(@event => @event.Parts), part => Assert.IsType<ParcelSent>(part));
        var (state, version) = await store.Events.LoadAsync<Parcels>("parcels", Ct);
        Assert.Equal(("abcde", 5L), (state.To, version));

        await store.Host.StartAsync(Ct);
        await handled.Last.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);
        Assert.Equal([("a", 1), ("b", 2), ("c", 3), ("d", 3), ("e", 5)], handled.Seen);
    }

    /// <summary>What was delivered.</summary>
    public sealed class Deliveries
    {
        /// <summary>Where each parcel went, with the version of the event.</summary>
        public ConcurrentQueue<(string To, long Version)> Seen { get; } = new();

        /// <summary>Set when the last one is there.</summary>
        public TaskCompletionSource Last { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A subscriber of the newest version.</summary>
    public sealed class ParcelHandler(Deliveries deliveries) : ISubscriber<ParcelSent>
    {
        /// <inheritdoc/>
        public ValueTask HandleAsync(ParcelSent @event, EventContext context, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(@event);
            ArgumentNullException.ThrowIfNull(context);
            deliveries.Seen.Enqueue((@event.To, context.StreamVersion));
            if (@event.To == "e")
                deliveries.Last.SetResult();
            return ValueTask.CompletedTask;
        }
    }
}
