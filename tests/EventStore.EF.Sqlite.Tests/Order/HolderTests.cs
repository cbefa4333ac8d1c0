using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Tests.Order;

/// <summary>On SQLite an open transaction keeps other writers waiting, and no reader.</summary>
public sealed class HolderTests(SqliteFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task Nobody_holds_events_back()
    {
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await using var caller = (SqliteConnection)await Database.OpenAsync();
        await using var transaction = await caller.BeginTransactionAsync(Ct);
        await Events.WithTransaction(transaction).AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);

        Assert.Empty(await Events.Subscriptions.GetBlockingTransactionsAsync(Ct));
        Assert.Equal([1], (await ReadAllAsync()).Select(@event => @event.As<Numbered>().Number));
    }
}
