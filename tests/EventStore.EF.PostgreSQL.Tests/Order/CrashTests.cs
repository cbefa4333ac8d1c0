using EventStore.EF.PostgreSQL.Tests.Order.Exploration;
using EventStore.EF.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>The server crashes and recovers while appenders are held open, and while readers know what they knew before.</summary>
[Collection(typeof(OwnServerCollection))]
public sealed class CrashTests(OwnServerFixture fixture) : OwnDatabaseSpecification(fixture)
{
    /// <summary>Each fate, held where a crash finds it; in the last one the commit is flushed and not yet visible.</summary>
    [Theory]
    [InlineData(Fate.Commits, 1)]
    [InlineData(Fate.IsHeldAfterItsPosition, 1)]
    [InlineData(Fate.UndoesASavepoint, 2)]
    [InlineData(Fate.IsPreparedAndCommitted, 2)]
    [InlineData(Fate.IsHeldInTheCommitsChecks, 2)]
    [InlineData(Fate.IsHeldAfterTheCommitsFlush, 2)]
    public async Task A_crash_loses_no_committed_event_and_holds_nobody_back_for_those_that_it_ended(Fate fate, int steps)
    {
        await using var explorer = await Explorer.CreateAsync(Fixture);
        await explorer.ExploreAsync(new([fate], [.. Enumerable.Repeat(0, steps)]), database => fixture.CrashAsync(database, Ct));
        await explorer.EndAsync();
    }

    /// <summary>
    /// The server writes ahead only every 32nd number of a sequence, and flushes that with a commit. What was handed out beyond it is
    /// handed out again after a crash: who had called these positions settled would pass the events that get them.
    /// </summary>
    [Fact]
    public async Task A_position_that_is_handed_out_again_after_a_crash_is_read()
    {
        var cursor = new Cursor(Store.Host.Services.GetRequiredService<IStorage>(), 10, EventFilter.StreamPrefix("read"));
        await using (var undone = await OpenTransaction.BeginAsync(Database.ConnectionString))
            await undone.AppendAsync(NewStream("undone"), 1);

        var first = await Events.AppendAsync(NewStream("read"), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);

        // Somebody takes numbers without the store, and stays open: an end, of whatever kind, would have them flushed.
        const int Taken = 40;
        await using var taking = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await taking.ExecuteAsync($"SELECT nextval(pg_get_serial_sequence('eventstore.events', 'position')) FROM generate_series(1, {Taken})");
        await cursor.ReadOnAsync();
        Assert.Equal([first.LastPosition], cursor.Read);
        await fixture.CrashAsync(Database, Ct);
        var again = await Events.AppendAsync(NewStream("read"), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await cursor.ReadOnAsync();

        Assert.InRange(again.LastPosition, first.LastPosition + 1, first.LastPosition + Taken);
        Assert.Equal([first.LastPosition, again.LastPosition], cursor.Read);
    }
}
