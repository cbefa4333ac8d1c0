using EventStore.EF.TestDatabases;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Faults;

/// <summary>Owners of a projection that stand still in its transaction, or lose it there.</summary>
public sealed class ProjectionOwnerTests(PostgreSqlFixture fixture) : ProjectionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private bool _isReadOnly;

    [Theory]
    [InlineData(TransactionPoint.Saving)]
    [InlineData(TransactionPoint.Saved)]
    public async Task An_owner_that_is_taken_over_in_its_transaction_leaves_no_effect(TransactionPoint takenAt)
    {
        var application = NewApplication();
        application.Points.OnPoint = async (point, _, _) =>
        {
            if (point != takenAt)
                return;

            application.Points.OnPoint = null;
            await Database.ExecuteAsync("UPDATE {subscriptions} SET owner = 'another', epoch = epoch + 1, lease_expires_at = '9999-01-01'");
        };
        var last = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(3), Ct);
        await application.Host.StartAsync(Ct);
        await application.Store.Log.WaitForAsync(line => line.Message.Contains("taken over by another process", StringComparison.Ordinal), Ct);
        Assert.Equal((0, 0), (application.Points.Commits, await CountAsync("numbers")));

        await Database.ExecuteAsync("UPDATE {subscriptions} SET owner = NULL, lease_expires_at = NULL");
        await WaitForAsync(application, last);
        await AssertEachEventOnceAsync();
    }

    [Fact]
    public async Task The_server_ends_the_transaction_of_a_process_that_stands_still_so_that_another_can_go_on()
    {
        static void ShortLease(EventStoreBuilder builder) => builder.Configure(options => options.LeaseDuration = TimeSpan.FromSeconds(1));
        await using var proxy = new FaultyProxy(Database.ConnectionString);
        var standing = NewApplication(configure: ShortLease, connectionString: proxy.ConnectionString);
        var (isStanding, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        standing.Points.OnPoint = async (point, _, _) =>
        {
            if (point is not TransactionPoint.Committing)
                return;

            // It has the subscription's row, and its heartbeat stands still too.
            proxy.GoAway();
            isStanding.TrySetResult();
            await goOn.Task;
        };
        var last = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(3), Ct);
        await standing.Host.StartAsync(Ct);
        await isStanding.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        var next = NewApplication(configure: ShortLease);
        await next.Host.StartAsync(Ct);
        await Events.Subscriptions.WaitForAsync(Projection, last.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        proxy.ComeBack();
        goOn.SetResult();
        await AssertEachEventOnceAsync();
    }

    [Fact]
    public async Task A_context_whose_user_may_not_move_the_checkpoint_fails_the_start()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on in which role somebody connects");
        _isReadOnly = true;
        var application = NewApplication();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => application.Host.StartAsync(Ct));
        Assert.Contains("reading and updating the store's table of subscriptions", refused.Message, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    protected override void UseContext(Microsoft.EntityFrameworkCore.DbContextOptionsBuilder context, string connectionString)
        => base.UseContext(context, _isReadOnly ? new NpgsqlConnectionStringBuilder(connectionString) { Options = "-c role=pg_monitor" }.ConnectionString : Database.ConnectionString);
}
