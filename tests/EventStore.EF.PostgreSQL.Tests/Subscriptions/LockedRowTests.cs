using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>What somebody's lock on a row stops: the subscription of that row, and no other.</summary>
public sealed class LockedRowTests(PostgreSqlFixture fixture) : RunningSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    private readonly Recorder _recorder = new();
    private long _heldSince;

    [Theory]
    [InlineData("SELECT 1 FROM {subscriptions} WHERE name = 'locked' FOR UPDATE")]
    [InlineData("SELECT 1 FROM {subscriptions} WHERE name = 'locked' FOR SHARE")]
    [InlineData("UPDATE {subscriptions} SET replays = replays WHERE name = 'locked'")]
    public async Task A_lock_on_one_subscription_s_row_lets_that_one_s_lease_run_out_and_no_other_s(string sql)
    {
        var process = await HostAsync(_recorder);
        await using var locked = await process.Events.SubscribeAsync("locked", new() { CheckpointEvery = 1 }, Ct);
        await AppendAsync("order-1", 3);
        Assert.Equal(3, (await locked.HandleAsync(3)).Count);
        await _recorder.WaitForAsync(3, Ct);
        var epoch = await EpochAsync(Name);
        await using (await LockAsync(sql))
        {
            // For three times the lease, by the server's clock: what is handled meanwhile is what shows that nothing else stands.
            for (var number = 4; !await IsHeldForAsync(3 * Lease); number++)
            {
                await AppendAsync("order-1", 1, number);
                await _recorder.WaitForAsync(number, Ct);
                Assert.True(await LeaseLeftAsync(Name) > 0, "The lease of a subscription that nobody has locked ran out.");
            }

            Assert.True(await LeaseLeftAsync("locked") < 0);
            await UntilAsync(() => locked.Status is EventSubscriptionStatus.Interrupted);
            await process.Log.WaitForAsync(line => line.Message.Contains("'locked', partition 0, could not be renewed", StringComparison.Ordinal), Ct);
        }

        // When the lock is gone it goes on where it was.
        await UntilAsync(() => locked.Status is EventSubscriptionStatus.Live);
        await UntilAsync(async () => await LeaseLeftAsync("locked") > 0);
        Assert.Equal(epoch, await EpochAsync(Name));
        Assert.DoesNotContain(process.Log.Lines, line => line.Message.Contains("taken over", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_that_waits_for_a_locked_row_in_vain_says_so_and_that_nothing_was_written()
    {
        await using (await Events.SubscribeAsync("locked", cancellationToken: Ct))
        {
        }

        var time = new FakeTimeProvider();
        var process = Process(builder => builder.Services.AddSingleton<TimeProvider>(time));
        LockTimeoutException refused;
        await using (await LockAsync("SELECT 1 FROM {subscriptions} WHERE name = 'locked' FOR UPDATE"))
        {
            var pausing = process.Events.Subscriptions.PauseAsync("locked", cancellationToken: Ct);
            time.Advance(TimeSpan.FromSeconds(31));
            refused = await Assert.ThrowsAsync<LockTimeoutException>(() => pausing);
        }

        Assert.Contains("a partition of subscription 'locked'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was written", refused.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(31), refused.Waited);
        await process.Events.Subscriptions.PauseAsync("locked", cancellationToken: Ct);
    }

    [Fact]
    public async Task Locks_on_as_many_subscriptions_as_the_pool_has_connections_leave_the_others_theirs()
    {
        const int Many = 16;
        var pool = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { MaxPoolSize = Many }.ConnectionString;
        await using var process = new TestStore(builder =>
        {
            Fixture.Use(builder, pool);
            builder.Configure(options => options.RetryDelay = TimeSpan.FromSeconds(1));
            builder.Services.AddSingleton(_recorder);
            builder.AddSubscriber<NumberedHandler>(Name, options => options.CheckpointEvery = 1);
        });
        await process.Host.StartAsync(Ct);
        var locked = new List<IEventSubscription>();
        for (var number = 0; number < Many; number++)
            locked.Add(await process.Events.SubscribeAsync($"locked-{number}", new() { CheckpointEvery = 1 }, Ct));

        await AppendAsync("order-1", 1);
        await using (await LockAsync("SELECT 1 FROM {subscriptions} WHERE name LIKE 'locked%' FOR UPDATE"))
        {
            // Each acknowledgement has its checkpoint written, which waits for the lock.
            foreach (var consumer in locked)
                await consumer.HandleAsync(1);

            await Database.WaitForLockWaitersAsync(Many / 2);
            for (var number = 2; number <= 20; number++)
            {
                await AppendAsync("order-1", 1, number);
                await _recorder.WaitForAsync(number, Ct);
            }

            var last = await Database.ScalarAsync<long>("SELECT max(position) FROM {events}");
            await UntilAsync(async () => await CheckpointAsync(Name.Value) >= last);
        }

        await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE name LIKE 'locked%' AND position > 0") == Many);
        foreach (var consumer in locked)
            await consumer.DisposeAsync();
    }

    [Fact]
    public async Task A_lock_on_a_parked_event_that_was_replayed_stops_that_subscription_until_it_is_gone_and_no_other()
    {
        var (isPoisonous, replayed, goOn) = (true, NewSignal(), NewSignal());
        var poison = new Recorder
        {
            OnHandling = async (_, _) =>
            {
                if (isPoisonous)
                    throw new InvalidOperationException("poison");

                replayed.TrySetResult();
                await goOn.Task;
            },
        };
        await HostAsync(_recorder);
        var failing = Process(builder =>
        {
            builder.Services.AddSingleton(poison);
            builder.AddSubscriber<NumberedHandler>("failing", options => (options.MaxAttempts, options.RetryDelay) = (1, TimeSpan.FromMilliseconds(1)));
        });
        await failing.Host.StartAsync(Ct);
        await AppendAsync("order-1", 1);
        await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}") == 1);
        isPoisonous = false;
        await failing.Events.Subscriptions.ReplayParkedAsync("failing", cancellationToken: Ct);
        await replayed.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await using (await LockAsync("SELECT 1 FROM {parked_events} FOR UPDATE"))
        {
            goOn.SetResult();
            await Database.WaitForLockWaitersAsync(1);
            for (var number = 2; number <= 10; number++)
            {
                await AppendAsync("order-1", 1, number);
                await _recorder.WaitForAsync(number, Ct);
            }
        }

        await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}") == 0);
    }

    [Fact]
    public async Task A_lock_on_a_stream_s_row_stops_no_subscription_to_it()
    {
        var process = await HostAsync(_recorder);
        await AppendAsync("order-1", 1);
        await using var stream = await process.Events.SubscribeAsync("stream", new() { Stream = "order-1", CheckpointEvery = 1 }, Ct);
        await using (await LockAsync("SELECT 1 FROM {streams} WHERE name = 'order-1' FOR UPDATE"))
        {
            Assert.Single(await stream.HandleAsync(1));
            await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT position FROM {subscriptions} WHERE name = 'stream'") == 1);
            await AppendAsync("order-2", 1);
            await _recorder.WaitForAsync(2, Ct);
        }
    }

    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder)
    {
        base.Configure(builder);
        builder.Configure(options => options.LeaseDuration = Lease);
    }

    /// <summary>Whether the lock has been held for so long.</summary>
    private async Task<bool> IsHeldForAsync(TimeSpan time)
    {
        var now = await Database.ScalarAsync<long>("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
        return now - _heldSince > time.TotalMilliseconds;
    }

    private Task<double> LeaseLeftAsync(SubscriptionName name) => Database.ScalarAsync<double>(
        $"SELECT extract(epoch FROM lease_expires_at - clock_timestamp())::float8 FROM {{subscriptions}} WHERE name = '{name}'");

    private Task<long> EpochAsync(SubscriptionName name) => Database.ScalarAsync<long>($"SELECT epoch FROM {{subscriptions}} WHERE name = '{name}'");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Somebody's open transaction that has run a statement, until it is disposed of.</summary>
    private async Task<IAsyncDisposable> LockAsync(string sql)
    {
        var connection = await Database.OpenAsync();
        var transaction = await connection.BeginTransactionAsync(Ct);
        await using var command = Database.Command(connection, sql);
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(Ct);
        _heldSince = await Database.ScalarAsync<long>("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
        return new Held(connection, transaction);
    }

    private sealed record Held(DbConnection Connection, DbTransaction Transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
