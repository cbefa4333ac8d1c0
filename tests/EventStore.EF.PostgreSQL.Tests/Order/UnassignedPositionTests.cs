using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>
/// A row with a position that the sequence has not assigned: somebody wrote it by hand, or restored the table without its sequence. Nobody reads up
/// to it and beyond, as if all positions in between were used.
/// </summary>
public sealed class UnassignedPositionTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    /// <summary>As docs/security.md shows it.</summary>
    private static readonly string Remove
        = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md")).Split("```sql")
            .Select(part => part.Split("```")[0])
            .Single(part => part.StartsWith("\nBEGIN;", StringComparison.Ordinal) && part.Contains("DELETE FROM eventstore.events", StringComparison.Ordinal));

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1_000_000)]
    public async Task A_subscription_stops_in_front_of_a_position_that_was_not_assigned_and_says_so(long position)
    {
        var recorder = new Recorder();
        await using var store = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("numbers", options => options.CheckpointEvery = 1);
            builder.Configure(options => (options.PollingInterval, options.RetryDelay) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(10)));
        });
        await store.Host.StartAsync(Ct);
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(2), Ct);
        await recorder.WaitForAsync(2, Ct);
        await InsertAsync(position);
        await store.Log.WaitForAsync(line => line.Exception is InconsistentStoreException { Position: var at } && at == position, Ct);

        // What is appended meanwhile is delivered.
        await Events.AppendManyAsync("order-2", ExpectedVersion.NoStream, Numbered(2), Ct);
        await recorder.WaitForAsync(4, Ct);
        while (await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}, pg_sleep(0.01) WHERE position = 4 AND last_error LIKE '%" + position + "%'") == 0)
            Ct.ThrowIfCancellationRequested();

        var info = await store.Events.Subscriptions.FindAsync("numbers", cancellationToken: Ct);
        Assert.Equal((4, 4), (info!.Position, info.Head));
        Assert.Contains(position.ToString(System.Globalization.CultureInfo.InvariantCulture), info.LastError, StringComparison.Ordinal);

        await Database.ExecuteAsync(Remove);
        await Events.AppendAsync("order-1", 2, new Numbered(3), cancellationToken: Ct);
        await recorder.WaitForAsync(5, Ct);
        Assert.Equal([1, 2, 3, 4, 5], recorder.Positions);
    }

    [Fact]
    public async Task Readers_get_everything_before_it_and_are_told_of_it_by_name()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(2), Ct);
        await InsertAsync(long.MaxValue);
        foreach (var filter in (EventFilter[])[EventFilter.All, EventFilter.Types("specification-numbered")])
        {
            var read = new List<long>();
            var found = await Assert.ThrowsAsync<InconsistentStoreException>(async () =>
            {
                await foreach (var @event in Events.ReadAllAsync(new() { Filter = filter }, Ct))
                    read.Add(@event.Position);
            });
            Assert.Equal([1, 2], read);
            Assert.Equal((long.MaxValue, new StreamName("order-1")), (found.Position, found.Stream));
            Assert.Contains("setval", found.Message, StringComparison.Ordinal);
        }

        Assert.Equal([2L, 1], (await ReadAllAsync(new() { Direction = ReadDirection.Backward })).Select(@event => @event.Position));
    }

    [Fact]
    public async Task A_subscription_from_the_end_begins_at_what_was_assigned()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(2), Ct);
        await InsertAsync(long.MaxValue);
        await using var subscription = await Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.Current }, Ct);
        await Events.AppendAsync("order-2", ExpectedVersion.NoStream, new Numbered(3), cancellationToken: Ct);
        Assert.Equal(3, Assert.Single(await subscription.HandleAsync(1)).Position);
    }

    [Fact]
    public async Task An_append_that_is_assigned_a_taken_position_says_how_to_repair_the_sequence()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        await Database.ExecuteAsync("SELECT setval('eventstore.events_position_seq', 1)");
        var refused = await Assert.ThrowsAsync<InconsistentStoreException>(() => Events.AppendAsync("order-2", ExpectedVersion.Any, new Numbered(4), cancellationToken: Ct));
        Assert.Contains("setval('events_position_seq'", refused.Message, StringComparison.Ordinal);
        await Database.ExecuteAsync("SELECT setval('eventstore.events_position_seq', max(position)) FROM eventstore.events");
        Assert.Equal(4, (await Events.AppendAsync("order-2", ExpectedVersion.Any, new Numbered(4), cancellationToken: Ct)).LastPosition);
    }

    [Fact]
    public async Task An_event_of_no_stream_is_told_and_not_read_again_and_again()
    {
        await Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await Database.ExecuteAsync("INSERT INTO {events} (stream_id, version, event_id, type, data) VALUES (4711, 1, gen_random_uuid(), 'specification-numbered', '{\"number\":2}')");
        var found = await Assert.ThrowsAsync<InconsistentStoreException>(() => ReadAllAsync());
        Assert.Equal(2, found.Position);
        Assert.Contains("4711", found.Message, StringComparison.Ordinal);
    }

    private Task<int> InsertAsync(long position) => Database.ExecuteAsync($$"""
        INSERT INTO {events} (position, stream_id, version, event_id, type, data) OVERRIDING SYSTEM VALUE
        SELECT {{position}}, id, version + 1, gen_random_uuid(), 'specification-numbered', '{"number":9}' FROM {streams} WHERE name = 'order-1'
        """);
}
