using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>Durable subscriptions with typed handlers, run by the host. Each test has a database of its own.</summary>
public abstract class SubscriptionSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private readonly List<TestStore> _applications = [];
    private TestDatabase? _database;

    [Fact]
    public async Task Events_from_before_and_after_the_start_are_handled_once_and_in_order()
    {
        var application = Application(out var recorder);
        await application.Events.AppendManyAsync("before", ExpectedVersion.NoStream, Numbered(25), Ct);
        await application.Host.StartAsync(Ct);
        await recorder.WaitForAsync(25, Ct);
        await application.Events.AppendManyAsync("after", ExpectedVersion.NoStream, Numbered(25, first: 26), Ct);
        await recorder.WaitForAsync(50, Ct);

        Assert.Equal(Enumerable.Range(1, 50), recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.Equal(recorder.Positions.Order(), recorder.Positions);
    }

    [Fact]
    public async Task After_a_clean_stop_the_next_start_goes_on_with_the_next_event()
    {
        var first = Application(out var before);
        await first.Host.StartAsync(Ct);
        await first.Events.AppendManyAsync("orders", ExpectedVersion.Any, Numbered(7), Ct);
        await before.WaitForAsync(7, Ct);
        await first.Host.StopAsync(Ct);

        var second = Application(out var after);
        await second.Events.AppendManyAsync("orders", ExpectedVersion.At(7), Numbered(3, first: 8), Ct);
        await second.Host.StartAsync(Ct);
        await after.WaitForAsync(3, Ct);

        Assert.Equal([8, 9, 10], after.Handled.Select(context => context.Event.As<Numbered>().Number));
    }

    [Fact]
    public async Task What_was_not_checkpointed_is_handled_again_after_a_crash()
    {
        var application = Application(out var recorder);
        await application.Events.AppendManyAsync("orders", ExpectedVersion.Any, Numbered(5), Ct);
        await application.Host.StartAsync(Ct);
        await recorder.WaitForAsync(5, Ct);
        await application.Host.StopAsync(Ct);

        // As a crash leaves it: the checkpoint behind, the lease with a process that is no more.
        await Data.ExecuteAsync($"UPDATE {{subscriptions}} SET position = 2, owner = 'crashed', lease_expires_at = {Data.Clock}");
        var next = Application(out var again);
        await next.Host.StartAsync(Ct);
        await again.WaitForAsync(3, Ct);

        Assert.Equal([3, 4, 5], again.Handled.Select(context => context.Event.As<Numbered>().Number));
    }

    [Fact]
    public async Task Only_events_with_a_handler_are_delivered_and_the_others_move_the_checkpoint()
    {
        var application = Application(out var recorder, options => options.CheckpointAfter = TimeSpan.FromMilliseconds(10));
        await application.Host.StartAsync(Ct);
        await application.Events.AppendAsync("notes", ExpectedVersion.Any, new Noted("nobody's"), cancellationToken: Ct);
        var numbered = await application.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        var last = await application.Events.AppendAsync("notes", ExpectedVersion.Any, new Noted("nobody's"), cancellationToken: Ct);
        await recorder.WaitForAsync(1, Ct);
        await application.Host.StopAsync(Ct);

        Assert.Equal([numbered.FirstPosition], recorder.Positions);
        Assert.InRange(await Data.ScalarAsync<long>("SELECT position FROM {subscriptions}"), numbered.LastPosition, last.LastPosition);
    }

    [Fact]
    public async Task A_class_with_several_handlers_gets_their_events_in_one_order()
    {
        var recorder = new Recorder();
        var application = Application<EveryHandler>(recorder);
        await application.Host.StartAsync(Ct);
        for (var number = 1; number <= 10; number++)
        {
            await application.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);
            await application.Events.AppendAsync("notes", ExpectedVersion.Any, new Noted($"{number}"), cancellationToken: Ct);
        }

        await recorder.WaitForAsync(20, Ct);

        Assert.Equal(recorder.Positions.Order(), recorder.Positions);
        Assert.Equal("1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9 10 10",
            string.Join(' ', recorder.Handled.Select(context => context.Event.Data is Numbered numbered ? $"{numbered.Number}" : context.Event.As<Noted>().Text)));
    }

    [Fact]
    public async Task An_append_in_the_same_process_wakes_the_handler_without_polling()
    {
        var application = Application(out var recorder, store: options => options.PollingInterval = TimeSpan.FromHours(1));
        await application.Host.StartAsync(Ct);
        for (var number = 1; number <= 3; number++)
        {
            await application.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);
            await recorder.WaitForAsync(number, Ct);
        }
    }

    [Fact]
    public async Task An_append_of_another_process_wakes_the_handler_without_polling()
    {
        Assert.SkipWhen(Fixture.IsPooled, "nobody listens through a pool");
        var handling = Application(out var recorder, store: options => options.PollingInterval = TimeSpan.FromHours(1));
        await handling.Host.StartAsync(Ct);
        await using var appending = Fixture.CreateStore(Data);
        for (var number = 1; number <= 3; number++)
        {
            await appending.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);
            await recorder.WaitForAsync(number, Ct);
        }
    }

    [Fact]
    public async Task A_handler_that_throws_gets_the_same_event_again_while_later_ones_wait_and_its_error_is_kept()
    {
        var application = Application(out var recorder, options => options.RetryDelay = TimeSpan.FromMilliseconds(1));
        var attempts = new List<(long Position, int Attempt)>();
        var error = "";
        recorder.OnHandling = async (context, _) =>
        {
            attempts.Add((context.Position, context.Attempt));
            if (context is { StreamVersion: 2, Attempt: 3 })
                error = await Data.ScalarAsync<string>("SELECT last_error FROM {subscriptions}");
            if (context is { StreamVersion: 2, Attempt: < 3 })
                throw new InvalidOperationException("not yet");
        };
        var appended = await application.Events.AppendManyAsync("numbers", ExpectedVersion.Any, Numbered(3), Ct);
        await application.Host.StartAsync(Ct);
        await recorder.WaitForAsync(3, Ct);

        var (first, second, third) = (appended.FirstPosition, recorder.Positions[1], appended.LastPosition);
        Assert.Equal([(first, 1), (second, 1), (second, 2), (second, 3), (third, 1)], attempts);
        Assert.Contains("attempt 2: System.InvalidOperationException: not yet", error, StringComparison.Ordinal);
        Assert.Equal(2, application.Log.Lines.Count(line => line.Level is LogLevel.Error && line.Exception is InvalidOperationException));

        await application.Host.StopAsync(Ct);
        Assert.Equal(0, await Data.ScalarAsync<long>("SELECT count(last_error) FROM {subscriptions}"));
    }

    [Fact]
    public async Task A_handler_s_failure_concerns_its_own_subscription_only()
    {
        var (failing, healthy) = (new Recorder(), new Recorder());
        failing.OnHandling = (_, _) => throw new InvalidOperationException("always");
        var application = Application<NumberedHandler>(failing, configure: builder =>
        {
            builder.Services.AddScoped(_ => new EveryHandler(healthy));
            builder.AddSubscriber<EveryHandler>("healthy");
        });
        await application.Host.StartAsync(Ct);
        await application.Events.AppendManyAsync("numbers", ExpectedVersion.Any, Numbered(10), Ct);
        await healthy.WaitForAsync(10, Ct);

        Assert.Empty(failing.Handled);
    }

    [Fact]
    public async Task A_handler_that_blocks_its_thread_keeps_no_other_subscription_from_starting()
    {
        using var others = new ManualResetEventSlim();
        var (blocking, second) = (new Recorder(), new Recorder());
        blocking.OnHandling = (_, ct) =>
        {
            Assert.True(others.Wait(TimeSpan.FromSeconds(30), ct));
            return Task.CompletedTask;
        };
        second.OnHandling = (_, _) =>
        {
            others.Set();
            return Task.CompletedTask;
        };
        var application = Application<NumberedHandler>(blocking, configure: builder =>
        {
            builder.Services.AddScoped(_ => new EveryHandler(second));
            builder.AddSubscriber<EveryHandler>("second");
        });
        await application.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await application.Host.StartAsync(Ct);
        await blocking.WaitForAsync(1, Ct);

        Assert.Equal(1, Assert.Single(blocking.Handled).Attempt);
    }

    [Fact]
    public async Task A_slow_handler_with_a_small_buffer_falls_back_to_storage_and_misses_nothing()
    {
        var application = Application(out var recorder, options =>
        {
            options.BufferSize = 2;
            options.PageSize = 3;
        });
        await application.Host.StartAsync(Ct);
        await application.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await recorder.WaitForAsync(1, Ct);

        var goOn = new TaskCompletionSource();
        recorder.OnHandling = (_, ct) => goOn.Task.WaitAsync(ct);
        for (var number = 2; number <= 60; number++)
            await application.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);

        goOn.SetResult();
        await recorder.WaitForAsync(60, Ct);

        Assert.Equal(Enumerable.Range(1, 60), recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
    }

    [Fact]
    public async Task Several_subscriptions_each_get_every_event_while_many_append_at_once()
    {
        var recorders = new[] { new Recorder(), new Recorder() };
        var application = Application<NumberedHandler>(recorders[0], configure: builder =>
        {
            builder.Services.AddScoped(_ => new EveryHandler(recorders[1]));
            builder.AddSubscriber<EveryHandler>("second");
        });
        await application.Host.StartAsync(Ct);
        await AtOnceAsync(8, async caller =>
        {
            for (var number = 1; number <= 50; number++)
                await application.Events.AppendAsync($"stream-{caller}", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);

            return caller;
        });

        var stored = (await ToListAsync(application.Events.ReadAllAsync(cancellationToken: Ct))).Select(@event => @event.Position).ToArray();
        Assert.Equal(400, stored.Length);
        foreach (var recorder in recorders)
        {
            await recorder.WaitForAsync(400, Ct);
            Assert.Equal(stored, recorder.Positions);
        }
    }

    [Fact]
    public async Task Of_two_processes_one_handles_and_the_other_takes_over_when_it_stops()
    {
        var first = Application(out var byFirst, store: options => options.PollingInterval = TimeSpan.FromMilliseconds(50));
        await first.Host.StartAsync(Ct);
        await first.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await byFirst.WaitForAsync(1, Ct);

        var second = Application(out var bySecond, store: options => options.PollingInterval = TimeSpan.FromMilliseconds(50));
        await second.Host.StartAsync(Ct);
        await second.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await byFirst.WaitForAsync(2, Ct);
        await first.Host.StopAsync(Ct);
        await second.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct);
        await bySecond.WaitForAsync(1, Ct);

        Assert.Equal([3], bySecond.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.Equal(2, byFirst.Handled.Count);
    }

    [Fact]
    public async Task A_dead_owner_s_subscription_is_taken_when_its_lease_runs_out_and_not_before()
    {
        var application = Application(out var recorder, store: options =>
        {
            options.LeaseDuration = TimeSpan.FromSeconds(2);
            options.PollingInterval = TimeSpan.FromMilliseconds(20);
        });
        await application.Host.StartAsync(Ct);
        await application.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await recorder.WaitForAsync(1, Ct);
        await application.Host.StopAsync(Ct);

        // A process that took it just now and was killed at once.
        var killed = Application(out var lost, store: options => options.LeaseDuration = TimeSpan.FromSeconds(2));
        var leases = killed.Host.Services.GetRequiredService<LeaseCoordinator>();
        Assert.NotNull(await leases.TryAcquireAsync(new(Subscription, "$all", 0), SubscriptionStart.Origin, 1, Ct));
        Assert.Null(await application.Host.Services.GetRequiredService<LeaseCoordinator>().TryAcquireAsync(new(Subscription, "$all", 0), SubscriptionStart.Origin, 1, Ct));

        var next = Application(out var taken, store: options => options.PollingInterval = TimeSpan.FromMilliseconds(20));
        await next.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await next.Host.StartAsync(Ct);
        await taken.WaitForAsync(1, Ct);

        Assert.Equal([2], taken.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.Empty(lost.Handled);
    }

    [Fact]
    public async Task A_former_owner_never_moves_the_checkpoint()
    {
        var application = Application(out var recorder, options => options.CheckpointEvery = 1);
        var (isHandling, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());

        // It doesn't look at its token, which the heartbeat may cancel before it has gone on.
        recorder.OnHandling = async (_, _) =>
        {
            isHandling.TrySetResult();
            await goOn.Task;
        };
        await application.Events.AppendManyAsync("numbers", ExpectedVersion.Any, Numbered(3), Ct);
        await application.Host.StartAsync(Ct);
        await isHandling.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        // Another process has taken over meanwhile, and holds it.
        await Data.ExecuteAsync("UPDATE {subscriptions} SET owner = 'another', epoch = epoch + 1, lease_expires_at = '9999-01-01 00:00:00.000'");
        goOn.SetResult();
        await recorder.WaitForAsync(1, Ct);
        await application.Log.WaitForAsync(line => line.Message.Contains("taken over by another process", StringComparison.Ordinal), Ct);

        Assert.Equal(0, await Data.ScalarAsync<long>("SELECT position FROM {subscriptions}"));
        Assert.Equal("another", await Data.ScalarAsync<string>("SELECT owner FROM {subscriptions}"));
    }

    [Fact]
    public async Task What_a_handler_appends_carries_the_correlation_and_causation_of_its_event()
    {
        var application = Application(out var recorder);
        recorder.OnHandling = async (context, ct) =>
        {
            if (context.StreamName == "questions")
                await application.Events.AppendAsync("answers", ExpectedVersion.Any, new Noted("42"), cancellationToken: ct);
        };
        var question = new NewEvent(new Numbered(1)) { CorrelationId = Guid.NewGuid() };
        await application.Events.AppendManyAsync("questions", ExpectedVersion.Any, [question], Ct);
        await application.Host.StartAsync(Ct);
        await recorder.WaitForAsync(1, Ct);

        var answer = Assert.Single(await ToListAsync(application.Events.ReadStreamAsync("answers", cancellationToken: Ct)));
        Assert.Equal(question.CorrelationId, answer.CorrelationId);
        Assert.Equal(question.EventId, answer.CausationId);
        Assert.Null(EventContext.Current);
    }

    [Fact]
    public async Task An_event_of_a_version_that_nobody_reads_yet_is_waited_for_and_not_skipped()
    {
        var application = Application(out var recorder, options => options.RetryDelay = TimeSpan.FromMilliseconds(1));
        await application.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await Data.InsertEventAsync("numbers", "specification-numbered", "{}", schemaVersion: 7);
        await application.Host.StartAsync(Ct);
        await application.Log.WaitForAsync(line => line.Message.Contains("no type in this process reads version 7", StringComparison.Ordinal), Ct);
        await recorder.WaitForAsync(1, Ct);

        Assert.Equal([1], recorder.Handled.Select(context => context.StreamVersion));
    }

    [Fact]
    public void Two_subscriptions_of_one_name_are_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => Application<NumberedHandler>(new(), configure: builder => builder.AddSubscriber<EveryHandler>(Subscription)));
        Assert.Contains(nameof(NumberedHandler), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        AssertRefused(nameof(SubscriptionOptions.PageSize), options => options.PageSize = 0);
        AssertRefused(nameof(SubscriptionOptions.BufferSize), options => options.BufferSize = 0);
        AssertRefused(nameof(SubscriptionOptions.CheckpointEvery), options => options.CheckpointEvery = 0);
        AssertRefused(nameof(SubscriptionOptions.CheckpointAfter), options => options.CheckpointAfter = TimeSpan.Zero);
        AssertRefused(nameof(SubscriptionOptions.RetryDelay), options => options.RetryDelay = TimeSpan.Zero);
        AssertRefused(nameof(SubscriptionOptions.MaxRetryDelay), options => options.MaxRetryDelay = TimeSpan.FromTicks(1));

        void AssertRefused(string option, Action<SubscriberOptions> configure)
            => Assert.Equal(option, Assert.Throws<ArgumentOutOfRangeException>(() => Application(out _, configure)).ParamName);
    }

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _database = await Fixture.CreateDatabaseAsync();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var application in _applications)
            await application.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();

        await base.DisposeAsync();
    }

    private const string Subscription = "numbers";

    private TestDatabase Data => _database!;

    private TestStore Application(out Recorder recorder, Action<SubscriberOptions>? configure = null, Action<EventStoreOptions>? store = null)
        => Application<NumberedHandler>(recorder = new(), configure, builder => builder.Configure(store ?? (_ => { })));

    private TestStore Application<TSubscriber>(
        Recorder recorder, Action<SubscriberOptions>? options = null, Action<EventStoreBuilder>? configure = null)
        where TSubscriber : class
    {
        var application = Fixture.CreateStore(Data, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<TSubscriber>(Subscription, options);
            configure?.Invoke(builder);
        });
        _applications.Add(application);
        return application;
    }
}
