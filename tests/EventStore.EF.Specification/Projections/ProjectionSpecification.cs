using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>Projections: rows and checkpoint are one.</summary>
public abstract class ProjectionSpecification(StoreFixture fixture) : ProjectionSuite(fixture)
{
    [Fact]
    public async Task Events_from_before_and_after_the_start_are_applied_once_and_in_order()
    {
        var application = NewApplication();
        await Events.AppendManyAsync("before", ExpectedVersion.NoStream, Numbered(250), Ct);
        await application.Host.StartAsync(Ct);
        for (var number = 1; number <= 20; number++)
            await application.Events.AppendAsync("after", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);

        var last = await application.Events.AppendManyAsync("before", ExpectedVersion.At(250), Numbered(5, first: 251), Ct);
        await WaitForAsync(application, last);

        await AssertEachEventOnceAsync();
        Assert.Equal(275, application.Recorder.Handled.Count);
        Assert.Equal(application.Recorder.Positions.Order(), application.Recorder.Positions);
    }

    [Fact]
    public async Task What_is_there_at_the_same_time_is_applied_in_one_transaction()
    {
        var application = NewApplication(options => options.BatchSize = 100);
        var last = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(250), Ct);
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, last);

        Assert.Equal(3, application.Points.Commits);
    }

    [Fact]
    public async Task Rows_and_checkpoint_are_never_seen_apart()
    {
        var application = NewApplication(options => options.BatchSize = 1);
        var seen = new List<(long Position, int Count)>();
        application.Points.OnPoint = async (point, _, _) =>
        {
            // Until the first row is there, the subscription may not be either.
            if (point is TransactionPoint.Committing or TransactionPoint.Committed && await CountAsync("numbers") is > 0 and var count)
                seen.Add((await PositionAsync(), count));
        };
        await application.Host.StartAsync(Ct);
        var last = await application.Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(21), Ct);
        await WaitForAsync(application, last);
        await application.Host.StopAsync(Ct);

        // Before each commit others see the state after the one before, and after it the next.
        var (position, rows) = seen[0];
        Assert.Equal(1, rows);
        Assert.Equal(
            Enumerable.Range(0, 20).SelectMany(done => new[] { (position + done, rows + done), (position + done + 1, rows + done + 1) }), seen.Skip(1));
    }

    [Fact]
    public async Task One_can_wait_for_one_s_own_write_as_soon_as_the_host_has_started()
    {
        var application = NewApplication();
        await application.Host.StartAsync(Ct);
        var appended = await application.Events.AppendAsync("numbers", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await application.Events.Subscriptions.WaitForAsync(Projection, appended.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);

        Assert.Equal(1, await CountAsync("numbers"));
        await Assert.ThrowsAsync<SubscriptionNotFoundException>(
            () => application.Events.Subscriptions.WaitForAsync("no-such", appended.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct));
    }

    [Fact]
    public async Task Events_without_a_handler_are_passed_over_and_counted_as_finished()
    {
        var application = NewApplication(options => options.CheckpointAfter = TimeSpan.FromMilliseconds(10));
        await application.Host.StartAsync(Ct);
        await application.Events.AppendAsync("notes", ExpectedVersion.Any, new Noted("nobody's"), cancellationToken: Ct);
        var numbered = await application.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await application.Events.AppendAsync("notes", ExpectedVersion.Any, new Noted("nobody's"), cancellationToken: Ct);
        await WaitForAsync(application, numbered);

        Assert.Equal([numbered.LastPosition], application.Recorder.Positions);
        await AssertEachEventOnceAsync();
    }

    [Fact]
    public async Task A_projection_of_one_stream_counts_in_the_stream_s_numbers()
    {
        var application = NewApplication(options => options.Stream = "wanted");
        await application.Host.StartAsync(Ct);
        await application.Events.AppendManyAsync("unwanted", ExpectedVersion.Any, Numbered(10), Ct);
        await application.Events.AppendManyAsync("wanted", ExpectedVersion.Any, Numbered(7), Ct);
        await application.Points.WaitAsync(async () => await CountAsync("wanted") == 7, Ct);

        Assert.Equal(7, await PositionAsync());
        Assert.Equal(0, await CountAsync("unwanted"));
    }

    [Fact]
    public async Task After_a_stop_the_next_process_goes_on_with_the_next_event()
    {
        var first = NewApplication();
        await first.Host.StartAsync(Ct);
        await WaitForAsync(first, await first.Events.AppendManyAsync("numbers", ExpectedVersion.Any, Numbered(7), Ct));
        await first.Host.StopAsync(Ct);

        var second = NewApplication();
        await second.Host.StartAsync(Ct);
        await WaitForAsync(second, await second.Events.AppendManyAsync("numbers", ExpectedVersion.Any, Numbered(3, first: 8), Ct));

        Assert.Equal([8, 9, 10], second.Recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
        await AssertEachEventOnceAsync();
    }

    [Fact]
    public async Task Each_partition_applies_its_own_keys_and_has_its_own_checkpoint()
    {
        var application = NewApplication(options => options.Partitions = 3);
        await AtOnceAsync(12, stream => Events.AppendManyAsync($"stream-{stream}", ExpectedVersion.NoStream, Numbered(20, first: stream), Ct));
        await application.Host.StartAsync(Ct);
        await application.Points.WaitAsync(async () => await Database.ScalarAsync<long>("SELECT coalesce(sum(events), 0) FROM tallies") == 240, Ct);

        await AssertEachEventOnceAsync();
        Assert.Equal(3, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE position > 0"));
        foreach (var ofStream in application.Recorder.Handled.GroupBy(context => context.StreamName))
            Assert.Equal(ofStream.Select(context => context.Position).Order(), ofStream.Select(context => context.Position));
    }

    [Fact]
    public async Task A_context_on_another_database_fails_the_start_and_both_are_named()
    {
        await using var other = await Fixture.CreateDatabaseAsync();
        var recorder = new Recorder();
        await using var store = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder).AddDbContext<TallyContext>(context => Fixture.Use(context, other.ConnectionString));
            builder.AddProjection<TallyProjection, TallyContext>(Projection);
        });

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Host.StartAsync(Ct));

        foreach (var database in (TestDatabase[])[Database, other])
        {
            await using var connection = await database.OpenAsync();
            Assert.Contains($"database '{connection.Database}' of {connection.DataSource}", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_context_that_is_not_registered_fails_the_start()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.AddProjection<TallyProjection, TallyContext>(Projection));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Host.StartAsync(Ct));
        Assert.Contains("AddDbContext<TallyContext>", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_consumers_are_refused()
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => NewApplication(options => options.MaxConsumers = 2));
        Assert.Contains(nameof(SubscriptionOptions.MaxConsumers), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_store_s_own_context_is_refused()
        => Assert.Throws<ArgumentException>(() => Fixture.CreateStore(Database, builder => builder.AddProjection<TallyProjection, EventStoreDbContext>(Projection)));
}
