using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>Defects of event stores in use that this one must not have: those of deleting streams.</summary>
public abstract class StreamDefectsSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    private const int Rounds = 25;
    private const int Callers = 9;

    [Fact]
    public async Task Defect_2_Hard_delete_of_a_stream_with_links_leaves_the_other_streams_events_and_takes_the_links_to_its_own()
    {
        await Events.AppendManyAsync("other", ExpectedVersion.NoStream, Numbered(3), Ct);
        await Events.AppendManyAsync("removed", ExpectedVersion.NoStream, Numbered(2, 4), Ct);
        await Events.LinkAsync("removed", 2, await ReadAsync("other"), Ct);
        await Events.AppendManyAsync("removed", 5, Numbered(1, 6), Ct);
        await Events.AppendManyAsync("target", ExpectedVersion.NoStream, Numbered(1, 7), Ct);
        await Events.LinkAsync("target", 1, await ReadAsync("removed"), Ct);
        await Events.Streams.HardDeleteAsync("removed", 6, Ct);

        await AssertNumbersAsync("other", 1, 2, 3);
        Assert.Equal([1, 2, 3, 7], (await ReadAllAsync()).Select(@event => @event.As<Numbered>().Number));
        foreach (var pageSize in (int[])[1, 2, 100])
        {
            var target = await ReadAsync("target", new() { PageSize = pageSize });
            Assert.Equal([(7, 1L), (1, 4L), (2, 5L), (3, 6L)], target.Select(@event => (@event.As<Numbered>().Number, @event.Number)));
        }

        Assert.Equal(8, (await Events.AppendAsync("target", 7, new Numbered(8), cancellationToken: Ct)).StreamVersion);
        await AssertNothingDanglesAsync();
    }

    [Fact]
    public async Task Defect_3_The_guard_is_on_again_on_a_connection_that_removed_a_stream()
    {
        await Events.AppendManyAsync("kept", ExpectedVersion.NoStream, Numbered(2), Ct);
        await Events.LinkAsync("links", ExpectedVersion.NoStream, await ReadAsync("kept"), Ct);
        await Events.AppendManyAsync("removed", ExpectedVersion.NoStream, Numbered(2), Ct);
        await using var connection = await Database.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            await Events.WithTransaction(transaction).Streams.HardDeleteAsync("removed", 2, Ct);
            await transaction.CommitAsync(Ct);
        }

        await AssertGuardedAsync(connection, null);

        // A truncation passes the guard too.
        await Events.AppendManyAsync("kept", 2, Numbered(1), Ct);
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            await Events.WithTransaction(transaction).Streams.TruncateAsync("kept", 2, Ct);
            await transaction.CommitAsync(Ct);
        }

        await AssertGuardedAsync(connection, null);
        Assert.Equal([2, 3], (await ReadAsync("kept")).Select(@event => @event.StreamVersion));
    }

    [Fact]
    public async Task Defect_3_The_guard_is_on_again_in_the_transaction_that_removed_a_stream()
    {
        await Events.AppendManyAsync("kept", ExpectedVersion.NoStream, Numbered(2), Ct);
        await Events.LinkAsync("links", ExpectedVersion.NoStream, await ReadAsync("kept"), Ct);
        await Events.AppendManyAsync("removed", ExpectedVersion.NoStream, Numbered(2), Ct);
        await using var connection = await Database.OpenAsync();
        foreach (var sql in GuardedStatements)
        {
            await using var transaction = await connection.BeginTransactionAsync(Ct);
            await Events.WithTransaction(transaction).Streams.HardDeleteAsync("removed", 2, Ct);
            await AssertGuardedAsync(connection, transaction, sql);
            await transaction.RollbackAsync(Ct);
        }

        await AssertNumbersAsync("kept", 1, 2);
        await AssertNumbersAsync("removed", 1, 2);
    }

    [Fact]
    public async Task Defect_3_The_guard_is_on_again_on_the_store_s_own_connections()
    {
        var streams = Enumerable.Range(0, 5).Select(_ => NewStream()).ToArray();
        foreach (var stream in streams)
            await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);

        var outcomes = await AtOnceAsync(4, async index =>
        {
            await Events.Streams.HardDeleteAsync(streams[index], 2, Ct);
            return index;
        });
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        var contexts = new List<EventStoreDbContext>();
        for (var index = 0; index < 4; index++)
        {
            // All open together, so that none is asked twice.
            contexts.Add(await Store.CreateContextAsync());
            await contexts[index].Database.OpenConnectionAsync(Ct);
        }

        var delete = $"DELETE FROM {Database.Table("events")}";
        foreach (var context in contexts)
        {
            await Assert.ThrowsAnyAsync<DbException>(() => context.Database.ExecuteSqlRawAsync(delete, Ct));
            await context.DisposeAsync();
        }

        await AssertNumbersAsync(streams[4], 1, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Defect_4_An_append_that_races_a_hard_delete_and_fails_has_written_nothing(bool isDeleted)
    {
        ExpectedVersion[] expected = [ExpectedVersion.Any, ExpectedVersion.StreamExists, 1, ExpectedVersion.NoStream];
        await using var second = Fixture.CreateStore(Database, Configure);
        for (var round = 0; round < Rounds; round++)
        {
            var stream = NewStream();
            await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct);
            if (isDeleted)
                await Events.Streams.DeleteAsync(stream, 1, Ct);

            var appends = Enumerable.Range(0, Callers).Select(index => Numbered(2, 10 * index)).ToArray();
            var outcomes = await AtOnceAsync(Callers, async index =>
            {
                var store = index % 2 == 0 ? Events : second.Events;
                if (index != Callers / 2)
                    return await store.AppendManyAsync(stream, expected[index % expected.Length], appends[index], Ct);

                await store.Streams.HardDeleteAsync(stream, ExpectedVersion.Any, Ct);
                return default;
            });

            Assert.Null(outcomes[Callers / 2].Exception);
            var standing = await StandingAsync();
            foreach (var (index, (_, exception)) in outcomes.Index().Where(outcome => outcome.Item.Exception is not null))
            {
                Assert.True(exception is StreamNotFoundException or StreamDeletedException or WrongExpectedVersionException, exception!.ToString());
                Assert.DoesNotContain(appends[index], @event => standing.Contains(@event.EventId));
            }

            // What stands now was appended after the removal, from version 1 on.
            var info = await Events.Streams.FindAsync(stream, Ct);
            var events = info is null ? [] : await ReadAsync(stream);
            Assert.Equal(standing.Count, events.Count);
            Assert.Equal(Enumerable.Range(1, events.Count), events.Select(@event => (int)@event.StreamVersion));
            await AssertNothingDanglesAsync();
            if (info is not null)
                await Events.Streams.HardDeleteAsync(stream, info.Version, Ct);
        }
    }

    [Fact]
    public async Task Defect_4_A_link_that_races_a_hard_delete_leads_nowhere_never()
    {
        await using var second = Fixture.CreateStore(Database, Configure);
        await Events.AppendManyAsync("other", ExpectedVersion.NoStream, Numbered(2), Ct);
        var ofOther = (await ReadAsync("other")).Select(@event => @event.EventId).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            var stream = NewStream();
            var own = Numbered(2);
            await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, own, Ct);
            var outcomes = await AtOnceAsync(Callers, async index =>
            {
                var store = index % 2 == 0 ? Events : second.Events;
                if (index == Callers / 2)
                    await store.Streams.HardDeleteAsync(stream, ExpectedVersion.Any, Ct);
                else if (index % 3 == 0)
                    await store.LinkAsync(stream, ExpectedVersion.StreamExists, ofOther, Ct);
                else
                    await store.LinkAsync(NewStream("target"), ExpectedVersion.NoStream, [.. own.Select(@event => @event.EventId), ofOther[0]], Ct);

                return index;
            });

            Assert.Null(outcomes[Callers / 2].Exception);
            Assert.All(outcomes, outcome => Assert.True(outcome.Exception is null or EventNotFoundException or StreamNotFoundException, outcome.Exception?.ToString()));
            await AssertNothingDanglesAsync();
        }

        await AssertNumbersAsync("other", 1, 2);
    }

    [Fact]
    public async Task Defect_6_No_append_slips_in_after_a_delete()
    {
        await using var second = Fixture.CreateStore(Database, Configure);
        for (var round = 0; round < Rounds; round++)
        {
            var stream = NewStream();
            await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct);
            var outcomes = await AtOnceAsync(Callers, async index =>
            {
                var store = index % 2 == 0 ? Events : second.Events;
                if (index != Callers / 2)
                    return (await store.AppendAsync(stream, index % 3 == 0 ? ExpectedVersion.StreamExists : ExpectedVersion.Any, new Numbered(index), cancellationToken: Ct)).StreamVersion;

                await store.Streams.DeleteAsync(stream, ExpectedVersion.Any, Ct);
                return (await store.Streams.FindAsync(stream, Ct))!.Version;
            });

            Assert.Null(outcomes[Callers / 2].Exception);
            var atDeletion = outcomes[Callers / 2].Result;
            Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome => Assert.IsType<StreamDeletedException>(outcome.Exception));
            Assert.Equal(outcomes.Count(outcome => outcome.Exception is null), atDeletion);
            Assert.Equal(atDeletion, (await Events.Streams.FindAsync(stream, Ct))!.Version);
            Assert.Equal(atDeletion, (await ReadAllAsync(new() { Filter = EventFilter.StreamPrefix(stream.Value) })).Count);
        }
    }

    [Fact]
    public async Task Defect_6_A_delete_that_expects_a_version_deletes_that_version_and_no_later_one()
    {
        await using var second = Fixture.CreateStore(Database, Configure);
        for (var round = 0; round < Rounds; round++)
        {
            var stream = NewStream();
            await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct);
            var outcomes = await AtOnceAsync(2, async index =>
            {
                if (index == 0)
                    await second.Events.Streams.DeleteAsync(stream, 1, Ct);
                else
                    await Events.AppendAsync(stream, 1, new Numbered(2), cancellationToken: Ct);

                return index;
            });

            var info = (await Events.Streams.FindAsync(stream, Ct))!;
            if (outcomes[0].Exception is null)
            {
                Assert.IsType<StreamDeletedException>(outcomes[1].Exception);
                Assert.Equal((1, true), (info.Version, info.DeletedAt is not null));
            }
            else
            {
                Assert.IsType<WrongExpectedVersionException>(outcomes[0].Exception);
                Assert.Null(outcomes[1].Exception);
                Assert.Equal((2, false), (info.Version, info.DeletedAt is not null));
            }
        }
    }

    [Fact]
    public async Task Defect_7_A_cursor_over_a_category_sees_the_first_events_of_a_recreated_stream()
    {
        var options = new ReadOptions { Filter = EventFilter.StreamPrefix("order-"), PageSize = 2 };
        await Events.AppendManyAsync("another", ExpectedVersion.NoStream, Numbered(3), Ct);
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(5), Ct);
        var cursor = (await ReadAllAsync(options))[^1].Position;

        // The store's last events go, and with them, maybe, what the numbering of the new ones would hang on.
        await Events.Streams.HardDeleteAsync("order-1", 5, Ct);
        Assert.Empty(await ReadAllAsync(options));
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3, 11), Ct);

        var seen = await ReadAllAsync(new() { Filter = options.Filter, PageSize = 2, From = cursor + 1 });
        Assert.Equal([(1L, 11), (2L, 12), (3L, 13)], seen.Select(@event => (@event.StreamVersion, @event.As<Numbered>().Number)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Defect_7_A_subscription_sees_the_first_events_of_a_recreated_stream(bool isRestarted)
    {
        var recorder = new Recorder();
        var application = Application(recorder);
        await using (application)
        {
            await application.Host.StartAsync(Ct);
            await application.Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(5), Ct);
            await recorder.WaitForAsync(5, Ct);
            if (isRestarted)
                await application.Host.StopAsync(Ct);

            await Events.Streams.HardDeleteAsync("order-1", 5, Ct);
            await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3, 11), Ct);
            if (!isRestarted)
                await recorder.WaitForAsync(8, Ct);
        }

        if (isRestarted)
        {
            await using var next = Application(recorder);
            await next.Host.StartAsync(Ct);
            await recorder.WaitForAsync(8, Ct);
        }

        Assert.Equal([1, 2, 3, 4, 5, 11, 12, 13], recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.Equal([1, 2, 3], recorder.Handled.Skip(5).Select(context => context.StreamVersion));
    }

    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder) => builder.Configure(options => options.AllowHardDelete = true);

    private static readonly string[] GuardedStatements = ["DELETE FROM {events}", "DELETE FROM {stream_links}", "DELETE FROM {streams}", "UPDATE {events} SET type = 'forged'"];

    private TestStore Application(Recorder recorder) => Fixture.CreateStore(Database, builder =>
    {
        builder.Services.AddSingleton(recorder);
        builder.AddSubscriber<NumberedHandler>("numbers");
    });

    private async Task AssertGuardedAsync(DbConnection connection, DbTransaction? transaction, params string[] statements)
    {
        foreach (var sql in statements.Length == 0 ? GuardedStatements : statements)
        {
            await using var command = Database.Command(connection, sql);
            command.Transaction = transaction;
            var exception = await Assert.ThrowsAnyAsync<DbException>(() => command.ExecuteNonQueryAsync(Ct));
            Assert.Contains("refused", exception.Message, StringComparison.Ordinal);
        }
    }

    private async Task<HashSet<Guid>> StandingAsync()
    {
        await using var context = await Store.CreateContextAsync();
        return [.. await context.Events.Select(@event => @event.EventId).ToListAsync(Ct)];
    }

    private async Task AssertNothingDanglesAsync()
    {
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {events} e LEFT JOIN {streams} s ON s.id = e.stream_id WHERE s.id IS NULL"));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {stream_links} l LEFT JOIN {events} e ON e.position = l.position WHERE e.position IS NULL"));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {stream_links} l LEFT JOIN {streams} s ON s.id = l.stream_id WHERE s.id IS NULL"));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {events} e JOIN {streams} s ON s.id = e.stream_id WHERE e.version > s.version OR e.version < s.kept_from"));
    }
}
