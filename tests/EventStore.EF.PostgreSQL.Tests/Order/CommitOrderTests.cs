using EventStore.EF.Specification;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

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
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), ct: Ct);

        await AssertReadAsync(cursor);
        await late.CommitAsync();
        await AssertReadAsync(cursor, 1, 2);
    }

    [Fact]
    public async Task A_gap_that_a_rollback_leaves_is_passed_at_once()
    {
        var cursor = await HeadAsync();
        await using var undone = await OpenAppendAsync(NewStream());
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), ct: Ct);
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
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(3), ct: Ct);

        await AssertReadAsync(cursor);
        await transaction.CommitAsync();
        await AssertReadAsync(cursor, 2, 3);
    }

    [Fact]
    public async Task A_prepared_transaction_holds_readers_back_until_it_is_decided()
    {
        var cursor = await HeadAsync();
        if (await Database.ScalarAsync<int>("SELECT current_setting('max_prepared_transactions')::int") == 0)
            Assert.Skip("The server allows no prepared transactions (max_prepared_transactions = 0).");

        var name = $"prepared-{Guid.NewGuid():N}";
        await using var transaction = await OpenAppendAsync(NewStream());
        await transaction.ExecuteAsync($"PREPARE TRANSACTION '{name}'");
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), ct: Ct);

        await AssertReadAsync(cursor);
        await Database.ExecuteAsync($"COMMIT PREPARED '{name}'");
        await AssertReadAsync(cursor, 1, 2);
    }

    [Fact]
    public async Task A_transaction_that_is_prepared_between_two_looks_still_holds_readers_back()
    {
        var cursor = await HeadAsync();
        if (await Database.ScalarAsync<int>("SELECT current_setting('max_prepared_transactions')::int") == 0)
            Assert.Skip("The server allows no prepared transactions (max_prepared_transactions = 0).");

        var name = $"prepared-{Guid.NewGuid():N}";
        await using var transaction = await OpenAppendAsync(NewStream());
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), ct: Ct);
        await AssertReadAsync(cursor);
        await transaction.ExecuteAsync($"PREPARE TRANSACTION '{name}'");

        await AssertReadAsync(cursor);
        await Database.ExecuteAsync($"COMMIT PREPARED '{name}'");
        await AssertReadAsync(cursor, 1, 2);
    }

    [Fact]
    public async Task A_killed_appender_leaves_a_gap_that_is_passed()
    {
        var cursor = await HeadAsync();
        await using var killed = await OpenAppendAsync(NewStream());
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), ct: Ct);
        await Database.ExecuteAsync($"SELECT pg_terminate_backend({killed.Pid}, 10000)");

        await AssertReadAsync(cursor, 2);
    }

    [Fact]
    public async Task Bystanders_hold_nobody_back()
    {
        var cursor = await HeadAsync();
        await Database.ExecuteAsync("CREATE TABLE bystander (id int)");
        await using var writing = await OpenTransactionAsync();
        await writing.ExecuteAsync("INSERT INTO bystander VALUES (1)");
        await using var locking = await OpenTransactionAsync();
        await locking.ExecuteAsync("SELECT pg_advisory_xact_lock_shared('eventstore.streams'::regclass::oid::int, 1)");
        await using var reading = await OpenTransactionAsync("REPEATABLE READ");
        await reading.ExecuteAsync("SELECT count(*) FROM eventstore.events");
        await using (var undone = await OpenAppendAsync(NewStream()))
            await undone.RollbackAsync();
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), ct: Ct);

        await AssertReadAsync(cursor, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_lock_is_held_from_before_the_first_position_whether_the_stream_is_new_or_not(bool isNew)
    {
        var stream = NewStream();
        if (!isNew)
            await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), ct: Ct);

        Assert.Equal(0, await HoldersAsync());
        await using var transaction = await OpenAppendAsync(stream);
        Assert.Equal(1, await HoldersAsync());
        await transaction.CommitAsync();
        Assert.Equal(0, await HoldersAsync());
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
            await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), ct: Ct);

        await using var transaction = await OpenTransactionAsync();
        await transaction.ExecuteAsync(path == "link"
            ? $"SELECT eventstore.link('{stream}', -1, ARRAY['{linked.EventId}'::uuid])"
            : $$"""
              SELECT eventstore.append_group(
                  ARRAY['{{stream}}'], ARRAY[-1], ARRAY[1], ARRAY[1], ARRAY[1], ARRAY[gen_random_uuid()], ARRAY['specification-numbered'], ARRAY[1],
                  NULL, ARRAY['{"number":3}'::json], NULL, NULL, NULL, NULL)
              """);

        Assert.Equal(1, await HoldersAsync());
        await transaction.CommitAsync();
        Assert.Equal(0, await HoldersAsync());
        Assert.Equal(isNew ? 1 : 2, (await ReadAsync(stream)).Count);
    }

    [Fact]
    public async Task The_lock_is_held_also_where_no_row_matches()
    {
        await using var transaction = await OpenTransactionAsync();
        await transaction.AppendAsync(NewStream(), 1, expected: 7, isRefused: true);

        Assert.Equal(1, await HoldersAsync());
    }

    [Fact]
    public async Task An_open_append_blocks_no_append_to_another_stream()
    {
        await using var open = await OpenAppendAsync(NewStream());

        var other = await Events.AppendAsync(NewStream(), ExpectedVersion.NoStream, new Numbered(2), ct: Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct);
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
        var marker = await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(0), ct: Ct);
        await recorder.WaitAsync(handled => handled.Any(context => context.Position == marker.LastPosition), Ct);

        await using var late = await OpenAppendAsync(NewStream());
        var early = await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), ct: Ct);
        await AssertReadAsync(marker.LastPosition);
        await late.CommitAsync();
        await recorder.WaitAsync(handled => handled.Any(context => context.Position == early.LastPosition), Ct);

        var handled = recorder.Handled.Where(context => context.Position > marker.LastPosition).Select(context => context.Event.As<Numbered>().Number);
        Assert.Equal([1, 2], handled);
    }

    /// <summary>
    /// Every order in which two appenders begin and end, each committing or rolling back, with a third append in autocommit after
    /// each step, read by a cursor with pages of one, two and three events, with and without a filter.
    /// </summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Whatever_the_order_of_commits_a_cursor_reads_every_committed_event_once_and_in_order(int pageSize, bool isFiltered)
    {
        string[] orders = ["aAbB", "abAB", "abBA", "baAB", "baBA", "bBaA"];
        bool[] outcomes = [true, false];
        foreach (var (order, commitsA, commitsB) in from order in orders from a in outcomes from b in outcomes select (order, a, b))
        {
            var cursor = await HeadAsync();
            var read = new List<long>();
            var committed = new List<long>();
            var open = new Dictionary<char, (OpenTransaction Transaction, long Position)>();
            foreach (var step in order)
            {
                if (char.IsLower(step))
                {
                    var transaction = await OpenTransactionAsync();
                    open[step] = (transaction, await transaction.AppendAsync(NewStream("explored"), 1));
                }
                else
                {
                    var (transaction, position) = open[char.ToLowerInvariant(step)];
                    if (step == 'A' ? commitsA : commitsB)
                    {
                        await transaction.CommitAsync();
                        committed.Add(position);
                    }

                    await transaction.DisposeAsync();
                }

                committed.Add((await Events.AppendAsync(NewStream("explored"), ExpectedVersion.Any, new Numbered(2), ct: Ct)).LastPosition);
                read.AddRange(await ReadOnAsync());
            }

            read.AddRange(await ReadOnAsync());
            Assert.True(committed.Order().SequenceEqual(read), $"{order}, a {(commitsA ? "commits" : "rolls back")}, b {(commitsB ? "commits" : "rolls back")}: committed {string.Join(' ', committed.Order())}, read {string.Join(' ', read)}");

            async Task<long[]> ReadOnAsync()
            {
                var filter = isFiltered ? EventFilter.StreamPrefix("explored") : EventFilter.All;
                var events = await ToListAsync(Events.ReadAllAsync(new() { From = cursor + 1, PageSize = pageSize, Filter = filter }, Ct));
                cursor = events.Count == 0 ? cursor : events[^1].Position;
                return [.. events.Select(@event => @event.Position)];
            }
        }
    }

    private async Task<long> HeadAsync() => (await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(0), ct: Ct)).LastPosition;

    private async Task AssertReadAsync(long cursor, params int[] numbers)
    {
        var events = await ToListAsync(Events.ReadAllAsync(new() { From = cursor + 1 }, Ct));
        Assert.Equal(numbers, events.Select(@event => @event.As<Numbered>().Number));
    }

    private Task<long> HoldersAsync() => Database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 'eventstore.events'::regclass AND objid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");

    private async Task<OpenTransaction> OpenAppendAsync(StreamName stream)
    {
        var transaction = await OpenTransactionAsync();
        await transaction.AppendAsync(stream, 1);
        return transaction;
    }

    private async Task<OpenTransaction> OpenTransactionAsync(string isolation = "READ COMMITTED")
    {
        var connection = (NpgsqlConnection)await Database.OpenAsync();
        var transaction = new OpenTransaction(connection);
        await transaction.ExecuteAsync($"BEGIN ISOLATION LEVEL {isolation}");
        return transaction;
    }

    /// <summary>A transaction that stays open, with the store's own append in it.</summary>
    private sealed class OpenTransaction(NpgsqlConnection connection) : IAsyncDisposable
    {
        public int Pid => connection.ProcessID;

        public async Task<long> AppendAsync(StreamName stream, int number, long expected = -1, bool isRefused = false)
        {
            await using var command = new NpgsqlCommand(
                """
                SELECT last_position FROM eventstore.append(
                    $1, $2, NULL, ARRAY[gen_random_uuid()], ARRAY['specification-numbered'], ARRAY[1], NULL, ARRAY[$3::json], NULL, NULL, NULL, NULL)
                """,
                connection);
            command.Parameters.Add(new() { Value = stream.Value });
            command.Parameters.Add(new() { Value = expected });
            command.Parameters.Add(new() { Value = $$"""{"number":{{number}}}""" });
            var position = await command.ExecuteScalarAsync(Ct);
            Assert.Equal(isRefused, position is null);
            return position is null ? 0 : (long)position;
        }

        public async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Ct);
        }

        public Task CommitAsync() => ExecuteAsync("COMMIT");

        public Task RollbackAsync() => ExecuteAsync("ROLLBACK");

        public async ValueTask DisposeAsync()
        {
            try
            {
                await connection.DisposeAsync();
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.AdminShutdown)
            {
                // It was killed by the test.
            }
        }
    }
}
