using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Specification;

/// <summary>LINQ over what is stored.</summary>
public abstract class QuerySpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    [Fact]
    public async Task Links_join_their_events_and_streams()
    {
        await FillAsync();
        await using var context = await Store.CreateContextAsync();
        var linked = await (
            from link in context.Links
            join target in context.Streams on link.StreamId equals target.Id
            join @event in context.Events on link.Position equals @event.Position
            join origin in context.Streams on @event.StreamId equals origin.Id
            where target.Name == "all-orders"
            orderby link.Number
            select new { link.Number, Origin = origin.Name, @event.Version, @event.Type, origin.DeletedAt }).ToListAsync(Ct);
        Assert.Equal(
            [(2, "order-1", 1), (3, "order-1", 2), (4, "order-2", 1)], linked.Select(row => ((int)row.Number, row.Origin, (int)row.Version)));
        Assert.Equal([null, null, (await Events.Streams.FindAsync("order-2", Ct))!.DeletedAt?.UtcDateTime], linked.Select(row => row.DeletedAt));
    }

    [Fact]
    public async Task A_stream_s_row_agrees_with_what_is_told_of_it()
    {
        await FillAsync();
        await Events.Streams.TruncateAsync("order-1", 2, Ct);
        await using var context = await Store.CreateContextAsync();
        var rows = await context.Streams.OrderBy(row => row.Name).ToListAsync(Ct);
        Assert.Equal(
            await Events.Streams.ListAsync(new() { IncludeDeleted = true }, Ct).Select(info => (info.Name.Value, info.Version, info.OldestVersion, info.HasLinks, info.DeletedAt is null)).ToListAsync(Ct),
            rows.Select(row => (row.Name, row.Version, row.KeptFrom, row.HasLinks, row.DeletedAt is null)));
    }

    [Fact]
    public async Task Events_are_counted_grouped_and_found_by_what_stands_beside_them()
    {
        await FillAsync();
        await using var context = await Store.CreateContextAsync();
        var counts = await (
            from stream in context.Streams
            join @event in context.Events on stream.Id equals @event.StreamId
            group @event by stream.Name into events
            orderby events.Key
            select new { events.Key, Count = events.Count(), Last = events.Max(@event => @event.Version) }).ToListAsync(Ct);
        Assert.Equal([("all-orders", 1, 1L), ("order-1", 2, 2L), ("order-2", 1, 1L)], counts.Select(row => (row.Key, row.Count, row.Last)));

        var correlation = await context.Events.Where(@event => @event.CorrelationId != null).Select(@event => @event.CorrelationId).SingleAsync(Ct);
        Assert.Equal(1, await context.Events.CountAsync(@event => @event.CorrelationId == correlation, Ct));
        Assert.Equal(1, await context.Events.CountAsync(@event => @event.CreatedAt < new DateTime(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc), Ct));
        Assert.Equal(2, await context.Events.CountAsync(@event => context.Links.Any(link => link.Position == @event.Position) && @event.Type == "specification-numbered", Ct));
        Assert.Equal(0, await context.Links.CountAsync(link => !context.Events.Any(@event => @event.Position == link.Position), Ct));
    }

    [Fact]
    public async Task Statements_that_write_are_refused_before_they_run()
    {
        await FillAsync();
        await using var context = await Store.CreateContextAsync();
        foreach (var write in (Func<Task>[])
        [
            () => context.Subscriptions.ExecuteUpdateAsync(set => set.SetProperty(row => row.Position, 0), Ct),
            () => context.Streams.Where(row => row.Name == "order-1").ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, 7), Ct),
            () => context.Set<StoredParkedEvent>().ExecuteDeleteAsync(Ct),
            () => context.Subscriptions.Select(row => row).IgnoreQueryFilters().ExecuteDeleteAsync(Ct),
            () => Task.Run(() => context.Streams.ExecuteUpdate(set => set.SetProperty(row => row.Version, 7)), Ct),
        ])
        {
            var refused = await ThrowsAndWritesNothingAsync<InvalidOperationException>(write);
            Assert.Contains("read-only", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await Events.Streams.FindAsync("order-1", Ct))?.Version);
    }

    [Fact]
    public async Task Rows_are_not_tracked()
    {
        await FillAsync();
        await using var context = await Store.CreateContextAsync();
        await context.Links.LoadAsync(Ct);
        await context.Streams.LoadAsync(Ct);
        await context.Events.LoadAsync(Ct);
        Assert.Empty(context.ChangeTracker.Entries());
    }

    /// <summary>Two orders, one of them deleted, and a stream with an event of its own and links to three of theirs.</summary>
    private async Task FillAsync()
    {
        await Events.AppendManyAsync("all-orders", ExpectedVersion.NoStream, [new(new Ticked())], Ct);
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, [new(new Numbered(1)) { CorrelationId = Guid.NewGuid() }, new(new Numbered(2))], Ct);
        await Events.AppendManyAsync([new StreamAppend("order-2", ExpectedVersion.NoStream, [new(new Noted("old"))]) { CreatedAt = new(2003, 1, 1, 0, 0, 0, TimeSpan.Zero) }], Ct);
        await Events.LinkAsync("all-orders", 1, [.. await ReadAsync("order-1"), .. await ReadAsync("order-2")], Ct);
        await Events.Streams.DeleteAsync("order-2", 1, Ct);
    }
}
