using EventStore.EF.PostgreSQL.Tests.Order;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>Waiting for a subscription that an open transaction holds back.</summary>
public sealed class HeldBackWaitTests(PostgreSqlFixture fixture) : LeaseSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task The_end_of_the_time_names_the_transaction_that_holds_the_event_back()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't tell which server process works for a connection");
        await Process().AcquireAsync(Key);
        await using var open = await OpenTransaction.BeginAsync(Database.ConnectionString + ";Application Name=the-holder");
        await open.AppendAsync("held", 1);
        var appended = await Events.AppendAsync("later", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);

        var exception = await Assert.ThrowsAsync<SubscriptionTimeoutException>(
            () => Events.Subscriptions.WaitForAsync("orders", appended.LastPosition, TimeSpan.FromMilliseconds(1), cancellationToken: Ct));
        Assert.Equal(SubscriptionTimeoutReason.HeldBack, exception.Reason);
        Assert.Equal((open.Pid, "the-holder"), (exception.BlockingTransactions[0].SessionId, exception.BlockingTransactions[0].Application));
        Assert.Contains("'the-holder'", exception.Message, StringComparison.Ordinal);
    }
}
