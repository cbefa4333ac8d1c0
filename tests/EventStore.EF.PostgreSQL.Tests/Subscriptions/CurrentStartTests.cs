namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>Subscriptions from now on, beside a transaction that stays open.</summary>
public sealed class CurrentStartTests(PostgreSqlFixture fixture) : LeaseSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task Current_waits_while_an_open_transaction_holds_events_back()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        await using var connection = await Database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await Events.WithTransaction(transaction).AppendAsync("order-2", ExpectedVersion.NoStream, new Numbered(4), ct: Ct);
        var later = await Events.AppendAsync("order-3", ExpectedVersion.NoStream, new Numbered(5), ct: Ct);

        var process = Process();
        var taking = process.AcquireAsync(Key, SubscriptionStart.Current);
        var earlier = await process.AcquireAsync(Key with { Name = "earlier" }, SubscriptionStart.After(later.LastPosition));
        Assert.Equal(later.LastPosition, earlier.Position);
        Assert.False(taking.IsCompleted);

        // Only now is it known what comes before: until then, passing over the later event would have passed over the other too.
        await transaction.CommitAsync(Ct);
        Assert.Equal(later.LastPosition, (await taking).Position);
    }
}
