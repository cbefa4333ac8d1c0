using System.Diagnostics;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>How long callers and subscriptions wait while others conflict, cancel and wait for locks. Measured while no other test runs.</summary>
[Collection(nameof(NeighboursTests))]
public sealed class NeighboursTests(PostgreSqlFixture fixture) : RunningSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private const int Rounds = 5;

    /// <summary>What a scheduler with few cores may add to any call.</summary>
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(25);

    [Fact]
    public async Task Conflicts_and_cancelled_calls_of_others_cost_a_subscription_that_catches_up_no_more_than_the_same_load_on_another_store()
    {
        await using var database = await Fixture.CreateDatabaseAsync();
        await using var other = Fixture.CreateStore(database);
        await AppendAsync("backlog", 10_000);
        var (beside, apart) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var round = 0; round < Rounds; round++)
        {
            apart.Add(await CatchUpAsync(other.Events, database.ConnectionString));
            beside.Add(await CatchUpAsync(Events, Database.ConnectionString));
        }

        var ratio = Median(apart) / Median(beside);
        Assert.True(ratio >= 0.7, $"10,000 events took {Median(beside)} beside the load, and {Median(apart)} beside the same on another store: {ratio:0.00}.");
    }

    [Fact]
    public async Task While_30_appends_wait_for_locks_others_take_no_more_than_twice_as_long_and_leases_are_kept()
    {
        await using var store = Fixture.CreateStore($"{Database.ConnectionString};Maximum Pool Size=20;Timeout=60;Command Timeout=600");
        var recorder = new Recorder();
        await HostAsync(recorder, configure: builder => builder.Configure(options => options.LeaseDuration = TimeSpan.FromSeconds(2)));
        await AppendAsync("free", 100);
        await recorder.WaitForAsync(100, Ct);
        StreamName[] locked = [.. Enumerable.Range(0, 30).Select(number => new StreamName($"locked-{number}"))];
        foreach (var stream in locked)
            await AppendAsync(stream, 1);

        await MeasureAsync(store.Events, 50);
        var usual = await MeasureAsync(store.Events, 200);
        await using var caller = await Database.OpenAsync();
        await using var transaction = await caller.BeginTransactionAsync(Ct);
        foreach (var stream in locked)
            await Events.WithTransaction(transaction).AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);

        var waiting = locked.Select(stream => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct)).ToArray();
        await Database.WaitForLockWaitersAsync(5);
        var epoch = await EpochAsync();
        var began = Stopwatch.GetTimestamp();
        (TimeSpan Append, TimeSpan Read) meanwhile;
        do
            meanwhile = await MeasureAsync(store.Events, 200);
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(3));

        Assert.All(waiting, append => Assert.False(append.IsCompleted));
        Assert.True(meanwhile.Append <= (usual.Append * 2) + Noise, $"p99 of appends {meanwhile.Append}, usually {usual.Append}.");
        Assert.True(meanwhile.Read <= (usual.Read * 2) + Noise, $"p99 of reads {meanwhile.Read}, usually {usual.Read}.");
        Assert.Equal(epoch, await EpochAsync());
        Assert.True(await Database.ScalarAsync<bool>("SELECT lease_expires_at > clock_timestamp() FROM {subscriptions}"));
        await transaction.RollbackAsync(Ct);
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Neighbours_of_40_streams_that_open_transactions_are_creating_wait_a_tenth_of_a_second_at_worst()
    {
        var callers = new List<NpgsqlConnection>();
        var transactions = new List<NpgsqlTransaction>();
        for (var number = 0; number < 40; number++)
        {
            callers.Add((NpgsqlConnection)await Database.OpenAsync());
            transactions.Add(await callers[^1].BeginTransactionAsync(Ct));
            await Events.WithTransaction(transactions[^1]).AppendAsync($"new-{number}", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        }

        var waiting = Enumerable.Range(0, 40)
            .Select(number => Events.AppendAsync($"new-{number}", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct)).ToArray();
        await Database.WaitForLockWaitersAsync(3);

        // The best of a few: the worst call of hundreds is also whatever else the machine does.
        var worst = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            var taken = await Task.WhenAll(Enumerable.Range(0, 10).Select(async caller =>
            {
                var longest = TimeSpan.Zero;
                for (var number = 0; number < 40; number++)
                {
                    var began = Stopwatch.GetTimestamp();
                    await Events.AppendAsync($"neighbour-{caller}-{number % 8}", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);
                    var took = Stopwatch.GetElapsedTime(began);
                    longest = took > longest ? took : longest;
                }

                return longest;
            }));
            worst.Add(taken.Max());
        }

        Assert.All(waiting, append => Assert.False(append.IsCompleted));
        Assert.True(worst.Min() <= TimeSpan.FromMilliseconds(100), $"The worst appends took {string.Join(", ", worst)}.");
        foreach (var transaction in transactions)
            await transaction.RollbackAsync(Ct);

        await Task.WhenAll(waiting);
        foreach (var caller in callers)
            await caller.DisposeAsync();
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private Task<long> EpochAsync() => Database.ScalarAsync<long>("SELECT epoch FROM {subscriptions}");

    /// <summary>How long a new subscription takes for the backlog while callers of a store conflict and cancel.</summary>
    private async Task<TimeSpan> CatchUpAsync(IEventStore disturbed, string connectionString)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var load = Task.WhenAll([
            .. Enumerable.Range(0, 8).Select(number => ConflictAsync(disturbed, connectionString, $"disputed-{number % 2}", ending.Token)),
            CancelAsync(disturbed, ending.Token)]);
        try
        {
            await using var subscription = await Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.Origin }, Ct);
            var (began, left) = (Stopwatch.GetTimestamp(), 10_000);
            await foreach (var batch in subscription.ReadBatchesAsync(Ct))
            {
                left -= batch.Events.Count(@event => @event.StreamName == "backlog");
                await subscription.AckAsync(batch, Ct);
                if (left <= 0)
                    break;
            }

            return Stopwatch.GetElapsedTime(began);
        }
        finally
        {
            await ending.CancelAsync();
            await load;
        }
    }

    /// <summary>Transactions that read before somebody else's commit and write after it.</summary>
    private static async Task ConflictAsync(IEventStore store, string connectionString, StreamName stream, CancellationToken ct)
    {
        await Task.Yield();
        while (!ct.IsCancellationRequested)
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(CancellationToken.None);
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, CancellationToken.None);
            try
            {
                var inside = store.WithTransaction(transaction);
                await inside.Streams.FindAsync(stream, CancellationToken.None);
                await inside.AppendAsync(stream, ExpectedVersion.Any, new Numbered(0), cancellationToken: CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
            }
            catch (TransactionConflictException)
            {
                await transaction.RollbackAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>400 calls a second that are cancelled while they run.</summary>
    private static async Task CancelAsync(IEventStore store, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2.5));
        while (!ct.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            using var cancelling = new CancellationTokenSource(TimeSpan.FromMilliseconds(1));
            try
            {
                await store.ReadAllAsync(new() { MaxCount = 100 }, cancelling.Token).CountAsync(cancelling.Token);
            }
            catch (OperationCanceledException)
            {
                // As wanted.
            }
        }
    }

    /// <summary>The 99th percentile of appends and of reads, one after the other.</summary>
    private static async Task<(TimeSpan Append, TimeSpan Read)> MeasureAsync(IEventStore store, int times)
    {
        var (appends, reads) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var number = 0; number < times; number++)
        {
            var began = Stopwatch.GetTimestamp();
            await store.AppendAsync($"other-{number % 10}", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);
            appends.Add(Stopwatch.GetElapsedTime(began));
            began = Stopwatch.GetTimestamp();
            Assert.Equal(100, await store.ReadStreamAsync("free", cancellationToken: Ct).CountAsync(Ct));
            reads.Add(Stopwatch.GetElapsedTime(began));
        }

        return (At99(appends), At99(reads));

        static TimeSpan At99(List<TimeSpan> times) => times.Order().ElementAt((times.Count - 1) * 99 / 100);
    }
}

/// <summary>Runs after all others, alone.</summary>
[CollectionDefinition(nameof(NeighboursTests), DisableParallelization = true)]
public sealed class NeighboursCollection;
