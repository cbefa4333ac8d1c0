namespace EventStore.EF.Specification;

/// <summary>A store before its host runs, and after it was disposed of.</summary>
public abstract class LifetimeSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Before_its_host_runs_a_store_appends_reads_and_delivers()
    {
        await Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await AssertNumbersAsync("order-1", 1);
        Assert.Single(await ReadAllAsync());
        await using var consumer = await Events.SubscribeAsync("orders", cancellationToken: Ct);
        await foreach (var batch in consumer.ReadBatchesAsync(Ct))
        {
            Assert.Equal(1, Assert.Single(batch.Events).As<Numbered>().Number);
            await consumer.AckAsync(batch, Ct);
            break;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_its_host_was_disposed_of_a_store_refuses_everything_and_opens_nothing(bool isStarted)
    {
        var store = Fixture.CreateStore(Database);
        if (isStarted)
            await store.Host.StartAsync(Ct);

        var events = store.Events;
        await events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(2), Ct);
        var read = await ToListAsync(events.ReadStreamAsync("order-1", cancellationToken: Ct));
        var before = await Database.ContentAsync();
        await store.DisposeAsync();

        foreach (var operation in Operations(events, read))
            await Assert.ThrowsAsync<ObjectDisposedException>(() => operation().WaitAsync(Long, Ct));

        await using (var connection = await Database.OpenAsync())
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(
                () => events.WithTransaction(transaction).AppendAsync("order-1", ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct).WaitAsync(
                    Long, Ct));
        }

        Assert.Equal(before, await Database.ContentAsync());
    }

    [Fact]
    public async Task Appends_under_way_when_the_host_is_disposed_of_are_answered_and_what_is_acknowledged_is_stored()
    {
        var store = Fixture.CreateStore(Database);
        var events = store.Events;
        await events.AppendAsync("order-0", ExpectedVersion.NoStream, new Numbered(0), cancellationToken: Ct);
        var appends = Enumerable.Range(1, 40).Select(number
            => Task.Run(() => events.AppendAsync($"order-{number}", ExpectedVersion.NoStream, new Numbered(number), cancellationToken: Ct), Ct)).ToArray();
        await Task.WhenAny(appends).WaitAsync(Long, Ct);
        await store.DisposeAsync();
        await Task.WhenAll(appends).WaitAsync(Long, Ct).ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default);

        Assert.All(appends, append
            => Assert.True(append.IsCompletedSuccessfully || append.Exception?.InnerException is ObjectDisposedException,
                $"{append.Exception}"));
        var stored = (await ReadAllAsync()).Select(@event => @event.Position).ToHashSet();
        foreach (var append in appends.Where(append => append.IsCompletedSuccessfully))
            Assert.Contains((await append).FirstPosition, stored);
    }

    private static IEnumerable<Func<Task>> Operations(IEventStore events, IReadOnlyList<RecordedEvent> read) =>
    [
        () => events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct),
        () => events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(3), Ct),
        () => events.AppendManyAsync(
            [new("order-1", ExpectedVersion.Any, Numbered(1)), new("order-2", ExpectedVersion.Any, Numbered(1))], Ct),
        () => events.LinkAsync("links", ExpectedVersion.Any, read, Ct),
        () => ToListAsync(events.ReadStreamAsync("order-1", cancellationToken: Ct)),
        () => ToListAsync(events.ReadAllAsync(cancellationToken: Ct)),
        () => ToListAsync(events.ReadAllAsync(new() { Direction = ReadDirection.Backward }, Ct)),
        () => events.SubscribeAsync("orders", cancellationToken: Ct),
        () => events.SubscribeTransientAsync(cancellationToken: Ct),
        () => events.Streams.FindAsync("order-1", Ct),
        () => events.Streams.ListAsync(cancellationToken: Ct).ToListAsync(Ct).AsTask(),
        () => events.Streams.DeleteAsync("order-1", ExpectedVersion.Any, Ct),
        () => events.Snapshots.FindAsync("order-1", "tally", Ct),
        () => events.Snapshots.RecordAsync(new() { Source = "order-1", Type = "tally", Version = 1, Payload = "{}"u8.ToArray() }, Ct),
        () => events.Subscriptions.ListAsync(Ct).ToListAsync(Ct).AsTask(),
        () => events.Subscriptions.FindAsync("orders", cancellationToken: Ct),
        () => events.Subscriptions.PauseAsync("orders", cancellationToken: Ct),
        () => events.Subscriptions.ListParkedAsync("orders", cancellationToken: Ct).ToListAsync(Ct).AsTask(),
        () => events.Subscriptions.ReplayParkedAsync("orders", cancellationToken: Ct),
        () => events.Subscriptions.WaitForAsync("orders", 1, Timeout.InfiniteTimeSpan, cancellationToken: Ct),
        () => events.Subscriptions.GetBlockingTransactionsAsync(Ct),
        () => events.GetHeadAsync(Ct),
        () => events.ReadLastAsync("order-1", Ct),
        () => events.LoadAsync<Counter>("order-1", Ct),
        () => events.TryLoadAsync<Counter>("order-1", Ct),
        () => events.UpdateAsync<Counter>("order-1", _ => [new Numbered(3)], Ct),
        () => events.Streams.UndeleteAsync("order-1", Ct),
        () => events.Streams.TruncateAsync("order-1", 2, Ct),
        () => events.Snapshots.DeleteAsync("order-1", "tally", Ct),
        () => events.Subscriptions.ResumeAsync("orders", cancellationToken: Ct),
        () => events.Subscriptions.RewindAsync("orders", 1, ParkedEventHandling.Keep, cancellationToken: Ct),
        () => events.Subscriptions.RepartitionAsync("orders", 2, cancellationToken: Ct),
        () => events.Subscriptions.RenameAsync("orders", "others", cancellationToken: Ct),
        () => events.Subscriptions.AcceptDefinitionAsync("orders", cancellationToken: Ct),
        () => events.Subscriptions.DiscardParkedAsync("orders", "order-1", cancellationToken: Ct),
        () => events.Subscriptions.DeleteAsync("orders", cancellationToken: Ct),
    ];
}
