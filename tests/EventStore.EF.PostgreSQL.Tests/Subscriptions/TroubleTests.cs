using EventStore.EF.TestDatabases;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>Trouble with the server and the way to it, in the middle of work: nothing ends, nothing is lost, everything stays in order.</summary>
public sealed class TroubleTests(PostgreSqlFixture fixture) : RunningSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    /// <summary>Ends what is asked of the server together; unlike a farewell it is always answered.</summary>
    private const string Sync = "S\0\0\0\u0004";

    private readonly Recorder _recorder = new();
    private FaultyProxy? _proxy;

    private FaultyProxy Proxy => _proxy!;

    [Theory]
    [InlineData("terminate")]
    [InlineData("cut")]
    [InlineData("drop an answer")]
    [InlineData("silence")]
    public async Task Defect_12_Whatever_befalls_the_connections_everything_is_handled_once_and_in_order(string trouble)
    {
        Assert.SkipWhen(Fixture.IsPooled && trouble == "terminate", "a pool doesn't tell which server process works for a connection");
        await using var process = await HostAsync();
        await using var stream = await process.Events.SubscribeAsync("stream", new() { Stream = "order-1", BatchSize = 3 }, Ct);
        await using var transient = await process.Events.SubscribeTransientAsync(null, Ct);
        for (var round = 0; round < 5; round++)
        {
            var first = (20 * round) + 1;
            for (var number = first; number < first + 20; number++)
            {
                await AppendAsync("order-1", 1, number);
                if (number == first + 7)
                    await StrikeAsync(trouble);
            }

            await _recorder.WaitForAsync(first + 19, Ct);
        }

        Assert.Equal(Enumerable.Range(1, 100), _recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.Equal(Enumerable.Range(1, 100), (await stream.HandleAsync(100)).Numbers());
        Assert.Equal(Enumerable.Range(1, 100), (await transient.HandleAsync(100)).Numbers());
        await UntilAsync(() => stream.Status is EventSubscriptionStatus.Live);
    }

    [Fact]
    public async Task Defect_12_A_network_that_is_cut_for_longer_than_the_lease_is_waited_out_and_told()
    {
        await using var process = await HostAsync();
        await using var consumer = await process.Events.SubscribeAsync("consumer", new() { BatchSize = 1 }, Ct);
        await AppendAsync("order-1", 3);
        await _recorder.WaitForAsync(3, Ct);
        var taken = await consumer.TakeAsync(3);
        Proxy.GoAway();
        await AppendAsync("order-1", 3, first: 4);
        await UntilAsync(() => consumer.Status is EventSubscriptionStatus.Interrupted);
        await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE lease_expires_at > clock_timestamp()") == 0);

        // Nobody has taken it: what was delivered before may be acknowledged, and waits for the answer.
        var ack = consumer.AckAsync(taken[2], Ct).AsTask();
        Assert.Equal(3, _recorder.Handled.Count);
        Proxy.ComeBack();
        await ack;
        await _recorder.WaitForAsync(6, Ct);

        Assert.Equal(Enumerable.Range(1, 6), _recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.Equal([4, 5, 6], (await consumer.HandleAsync(3)).Numbers());
        await UntilAsync(() => consumer.Status is EventSubscriptionStatus.Live);
    }

    [Fact]
    public async Task Defect_10_An_append_that_nobody_tells_of_is_found_within_a_polling_interval_and_not_with_the_next_append()
    {
        await using var process = await HostAsync();
        await using var stream = await process.Events.SubscribeAsync("stream", new() { Stream = "order-1" }, Ct);
        await UntilAsync(() => stream.Status is EventSubscriptionStatus.Live);
        await using var silent = new TestStore(builder => builder.UsePostgreSql(
            Database.ConnectionString, options => (options.Notifications, options.PreparedStatements) = (false, !Fixture.IsPooled)));
        for (var number = 1; number <= 3; number++)
        {
            await silent.Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(1, number), Ct);
            await _recorder.WaitForAsync(number, Ct);
            Assert.Equal([number], (await stream.HandleAsync(1)).Numbers());
        }
    }

    [Fact]
    public async Task Defect_10_A_listener_that_is_lost_is_made_anew_and_told_of_everything_again()
    {
        Assert.SkipWhen(Fixture.IsPooled, "nobody listens through a pool");
        await using var process = await HostAsync();
        await AppendAsync("order-1", 1);
        await _recorder.WaitForAsync(1, Ct);
        var listener = await ListenerAsync();
        await Database.ExecuteAsync($"SELECT pg_terminate_backend({listener}, 10000)");
        await AppendAsync("order-1", 1, first: 2);
        await _recorder.WaitForAsync(2, Ct);
        await UntilAsync(async () => await ListenerAsync() is var anew && anew != 0 && anew != listener);
    }

    [Fact]
    public async Task An_application_that_starts_without_its_database_runs_its_subscriptions_when_it_is_there()
    {
        await AppendAsync("order-1", 2);
        await using var process = CreateProcess();
        await process.Host.StartAsync(Ct);
        Proxy.GoAway();
        await AppendAsync("order-1", 1, first: 3);
        Proxy.ComeBack();
        await _recorder.WaitForAsync(3, Ct);

        Assert.Equal([1, 2, 3], _recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
    }

    [Fact]
    public async Task A_consumer_that_is_disposed_of_while_the_database_is_away_does_not_hang_and_is_taken_over_after_its_lease()
    {
        await using var process = CreateProcess();
        var consumer = await process.Events.SubscribeAsync(Name, null, Ct);
        await AppendAsync("order-1", 2);
        await consumer.HandleAsync(2);
        Proxy.GoAway();
        await consumer.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Ct);
        await using var next = await Events.SubscribeAsync(Name, new() { StandBy = true }, Ct);
        Assert.Equal([1, 2], (await next.HandleAsync(2)).Numbers());
        Proxy.ComeBack();
    }

    [Fact]
    public async Task A_last_event_that_was_removed_before_an_interruption_loses_nothing_else()
    {
        await using var process = await HostAsync();
        await AppendAsync("order-1", 2);
        await AppendAsync("removed", 1, first: 3);
        await _recorder.WaitForAsync(3, Ct);
        await Events.Streams.HardDeleteAsync("removed", 1, Ct);
        await StrikeAsync("cut");
        await AppendAsync("order-1", 2, first: 4);
        await _recorder.WaitAsync(handled => handled.Count > 0 && handled[^1].Event.As<Numbered>().Number == 5, Ct);

        Assert.Equal([1, 2, 3, 4, 5], _recorder.Handled.Select(context => context.Event.As<Numbered>().Number).Distinct());
    }

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();

        // An answer that never comes is given up after a second, without waiting for the cancellation.
        _proxy = new(Database.ConnectionString, "Command Timeout=1;Cancellation Timeout=-1;Application Name=troubled");
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_proxy is not null)
            await _proxy.DisposeAsync();

        await base.DisposeAsync();
    }

    private async Task<TestStore> HostAsync()
    {
        var process = CreateProcess();
        await process.Host.StartAsync(Ct);
        return process;
    }

    /// <summary>Its way to the server is troubled; that of whoever appends is not.</summary>
    private TestStore CreateProcess() => new(builder =>
    {
        Fixture.Use(builder, Proxy.ConnectionString);
        builder.Configure(options =>
        {
            options.PollingInterval = TimeSpan.FromMilliseconds(100);
            options.LeaseDuration = TimeSpan.FromSeconds(3);
            options.RetryDelay = TimeSpan.FromMilliseconds(10);
        });
        builder.Services.AddSingleton(_recorder);
        builder.AddSubscriber<NumberedHandler>(Name);
    });

    private async Task StrikeAsync(string trouble)
    {
        switch (trouble)
        {
            case "terminate":
                await Database.ExecuteAsync("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'troubled'");
                break;
            case "cut":
                Proxy.GoAway();
                Proxy.ComeBack();
                break;
            case "drop an answer":
                Proxy.Arm(MessageFault.DropAnswer, Sync);
                await Proxy.StruckAsync(Ct);
                break;
            default:
                Proxy.Arm(MessageFault.Silence, Sync);
                await Proxy.StruckAsync(Ct);
                break;
        }
    }

    private Task<int> ListenerAsync() => Database.ScalarAsync<int>(
        "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'troubled' AND query LIKE 'LISTEN%'");
}
