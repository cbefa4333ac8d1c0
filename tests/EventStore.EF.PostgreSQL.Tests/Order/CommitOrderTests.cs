using EventStore.EF.Specification;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>
/// Appends held open in transactions of their own, against readers: every committed event is read once and in order, never after a
/// later one, and nobody but those who append here holds a reader back.
/// </summary>
public sealed class CommitOrderTests(PostgreSqlFixture fixture) : StoreSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task An_event_that_commits_late_is_read_before_the_later_one_that_committed_early()
    {
        var cursor = await HeadAsync();
        await using var late = await OpenAppendAsync(NewStream());
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);

        await AssertReadAsync(cursor);
        await late.CommitAsync();
        await AssertReadAsync(cursor, 1, 2);
    }

    [Fact]
    public async Task A_gap_that_a_rollback_leaves_is_passed_at_once()
    {
        var cursor = await HeadAsync();
        await using var undone = await OpenAppendAsync(NewStream());
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await undone.RollbackAsync();

        await AssertReadAsync(cursor, 2);
    }

    [Fact]
    public async Task A_gap_that_a_savepoint_leaves_is_passed_when_its_transaction_is_over()
    {
        var cursor = await HeadAsync();
        await using var transaction = await OpenTransactionAsync();
        await transaction.ExecuteAsync("SAVEPOINT before");
        await transaction.AppendAsync(NewStream(), 1);
        await transaction.ExecuteAsync("ROLLBACK TO SAVEPOINT before");
        await transaction.AppendAsync(NewStream(), 2);
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct);

        await AssertReadAsync(cursor);
        await transaction.CommitAsync();
        await AssertReadAsync(cursor, 2, 3);
    }

    [Fact]
    public async Task A_prepared_transaction_holds_readers_back_until_it_is_decided()
    {
        var cursor = await HeadAsync();
        await Database.RequirePreparedTransactionsAsync();

        var name = $"prepared-{Guid.NewGuid():N}";
        await using var transaction = await OpenAppendAsync(NewStream());
        await transaction.ExecuteAsync($"PREPARE TRANSACTION '{name}'");
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);

        await AssertReadAsync(cursor);
        await Database.ExecuteAsync($"COMMIT PREPARED '{name}'");
        await AssertReadAsync(cursor, 1, 2);
    }

    [Fact]
    public async Task A_transaction_that_is_prepared_between_two_looks_still_holds_readers_back()
    {
        var cursor = await HeadAsync();
        await Database.RequirePreparedTransactionsAsync();

        var name = $"prepared-{Guid.NewGuid():N}";
        await using var transaction = await OpenAppendAsync(NewStream());
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await AssertReadAsync(cursor);
        await transaction.ExecuteAsync($"PREPARE TRANSACTION '{name}'");

        await AssertReadAsync(cursor);
        await Database.ExecuteAsync($"COMMIT PREPARED '{name}'");
        await AssertReadAsync(cursor, 1, 2);
    }

    [Fact]
    public async Task A_killed_appender_leaves_a_gap_that_is_passed()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't tell which server process works for a connection");
        var cursor = await HeadAsync();
        await using var killed = await OpenAppendAsync(NewStream());
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await Database.ExecuteAsync($"SELECT pg_terminate_backend({killed.Pid}, 10000)");

        await AssertReadAsync(cursor, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_lock_is_held_from_before_the_first_position_whether_the_stream_is_new_or_not(bool isNew)
    {
        var stream = NewStream();
        if (!isNew)
            await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);

        Assert.Equal(0, await GetBlockingTransactionsAsync());
        await using var transaction = await OpenAppendAsync(stream);
        Assert.Equal(1, await GetBlockingTransactionsAsync());
        await transaction.CommitAsync();
        Assert.Equal(0, await GetBlockingTransactionsAsync());
    }

    [Theory]
    [InlineData("group", true)]
    [InlineData("group", false)]
    [InlineData("link", true)]
    [InlineData("link", false)]
    public async Task The_lock_is_held_by_groups_and_links_too(string path, bool isNew)
    {
        var stream = NewStream();
        var source = NewStream();
        var linked = new NewEvent(new Numbered(2));
        await Events.AppendManyAsync(source, ExpectedVersion.Any, [linked], Ct);
        if (!isNew)
            await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);

        await using var transaction = await OpenTransactionAsync();
        await transaction.ExecuteAsync(path == "link"
            ? $"SELECT eventstore.link('{stream}', -1, ARRAY['{linked.EventId}'::uuid])"
            : $$"""
              SELECT eventstore.append_group(
                  ARRAY['{{stream}}'], ARRAY[-1], ARRAY[1], ARRAY[1], ARRAY[gen_random_uuid()], ARRAY['specification-numbered'], ARRAY[1],
                  NULL, ARRAY['{"number":3}'::json], NULL, NULL, NULL, NULL)
              """);

        Assert.Equal(1, await GetBlockingTransactionsAsync());
        await transaction.CommitAsync();
        Assert.Equal(0, await GetBlockingTransactionsAsync());
        Assert.Equal(isNew ? 1 : 2, (await ReadAsync(stream)).Count);
    }

    [Fact]
    public async Task The_lock_is_not_held_where_no_row_matches()
    {
        await using var transaction = await OpenTransactionAsync();
        await transaction.AppendAsync(NewStream(), 1, expected: 7, isRefused: true);

        Assert.Equal(0, await GetBlockingTransactionsAsync());
    }

    [Fact]
    public async Task An_open_append_blocks_no_append_to_another_stream()
    {
        await using var open = await OpenAppendAsync(NewStream());

        var other = await Events.AppendAsync(NewStream(), ExpectedVersion.NoStream, new Numbered(2), cancellationToken: Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct);
        Assert.Equal(1, other.StreamVersion);
    }

    [Fact]
    public async Task A_subscription_gets_the_late_event_first_and_loses_none()
    {
        var recorder = new Recorder();
        await using var application = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>($"order-{Guid.NewGuid():N}");
        });
        await application.Host.StartAsync(Ct);
        var marker = await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(0), cancellationToken: Ct);
        await recorder.WaitAsync(handled => handled.Any(context => context.Position == marker.LastPosition), Ct);

        await using var late = await OpenAppendAsync(NewStream());
        var early = await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await AssertReadAsync(marker.LastPosition);
        await late.CommitAsync();
        await recorder.WaitAsync(handled => handled.Any(context => context.Position == early.LastPosition), Ct);

        var handled = recorder.Handled.Where(context => context.Position > marker.LastPosition).Select(context => context.Event.As<Numbered>().Number);
        Assert.Equal([1, 2], handled);
    }

    private async Task<long> HeadAsync() => (await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(0), cancellationToken: Ct)).LastPosition;

    private async Task AssertReadAsync(long cursor, params int[] numbers)
    {
        var events = await ToListAsync(Events.ReadAllAsync(new() { From = cursor + 1 }, Ct));
        Assert.Equal(numbers, events.Select(@event => @event.As<Numbered>().Number));
    }

    private Task<long> GetBlockingTransactionsAsync() => Database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 'eventstore.events'::regclass AND objid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");

    private async Task<OpenTransaction> OpenAppendAsync(StreamName stream)
    {
        var transaction = await OpenTransactionAsync();
        await transaction.AppendAsync(stream, 1);
        return transaction;
    }

    private Task<OpenTransaction> OpenTransactionAsync() => OpenTransaction.BeginAsync(Database.ConnectionString);
}
