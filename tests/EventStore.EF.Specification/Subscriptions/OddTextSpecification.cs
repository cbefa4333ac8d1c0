using EventStore.EF.Errors;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Specification;

/// <summary>Texts and keys from user code that a database can't keep: they never keep a subscription from going on.</summary>
public abstract class OddTextSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private static readonly Exception[] Odd =
    [
        new InvalidOperationException("x\0y"),
        new InvalidOperationException("half \uD83D of a pair, \uDE00 and the other"),
        new InvalidOperationException("\uFFFE\uFFFF not characters"),
        new InvalidOperationException(new string('é', 1 << 20)),
        new InvalidOperationException(""),
        new OddException(() => throw new FormatException("no text")),
        new OddException(() => null!),
        new AggregateException(new DbUpdateException("See the inner exception for details.", new InvalidOperationException("the cause\0"))),
    ];

    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Theory]
    [InlineData(SubscriptionErrorPolicy.Park)]
    [InlineData(SubscriptionErrorPolicy.Skip)]
    public async Task Whatever_an_exception_says_its_event_is_parked_or_skipped_and_the_others_are_handled(SubscriptionErrorPolicy policy)
    {
        var recorder = new Recorder();
        recorder.OnHandling = (context, _) => context.StreamName == "bad" ? throw Odd[context.Event.As<Numbered>().Number] : Task.CompletedTask;
        for (var number = 0; number < Odd.Length; number++)
        {
            // Each with a key of its own, so that none only waits behind another.
            await AppendAsync("bad", 1, number);
            await AppendAsync("good", 1, number);
        }

        await HostAsync(recorder, options =>
        {
            (options.MaxAttempts, options.OnError) = (2, policy);
            options.PartitionBy = @event => $"{@event.StreamName}-{@event.StreamVersion}";
        });
        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);

        Assert.Equal(Odd.Length, recorder.Handled.Count(context => context.StreamName == "good"));
        var parked = await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct);
        Assert.Equal(policy is SubscriptionErrorPolicy.Park ? Odd.Length : 0, parked.Count);
        Assert.All(parked, row => Assert.InRange(row.Error!.Length, 1, ErrorText.MostCharacters));
        if (policy is SubscriptionErrorPolicy.Park)
        {
            Assert.Equal("System.InvalidOperationException: x\uFFFDy", parked[0].Error);
            Assert.Equal("System.InvalidOperationException: the cause\uFFFD", parked[^1].Error);
        }
    }

    [Fact]
    public async Task Whatever_an_exception_says_to_stop_is_to_stop_at_its_event()
    {
        for (var number = 0; number < Odd.Length; number++)
        {
            var (name, recorder) = (new SubscriptionName($"stops-{number}"), new Recorder());
            recorder.OnHandling = (_, _) => throw Odd[number];
            var stream = new StreamName($"stops-{number}");
            await AppendAsync(stream, 2);
            var process = Process(builder =>
            {
                builder.Services.Add(new(typeof(Recorder), recorder));
                builder.AddSubscriber<NumberedHandler>(
                    name, options => (options.Stream, options.MaxAttempts, options.OnError) = (stream, 1, SubscriptionErrorPolicy.Stop));
            });
            await process.Host.StartAsync(Ct);
            await UntilAsync(async () => (await Administration.FindAsync(name, stream, Ct)) is { Status: SubscriptionStatus.Paused });
            var info = (await Administration.FindAsync(name, stream, Ct))!;
            Assert.Equal(0, info.Position);
            Assert.InRange(info.LastError!.Length, 1, ErrorText.MostCharacters);
            await EndAsync(process);
        }
    }

    [Theory]
    [InlineData(ErrorText.MostCharacters, false)]
    [InlineData(ErrorText.MostCharacters + 1, true)]
    public async Task A_handler_s_error_is_kept_whole_up_to_4000_characters_and_a_longer_one_is_cut(int length, bool isCut)
    {
        const string begin = "System.InvalidOperationException: ";
        var recorder = new Recorder();
        recorder.OnHandling = (_, _) => throw new InvalidOperationException(new string('é', length - begin.Length));
        await AppendAsync("order-1", 1);
        await HostAsync(recorder, options => options.MaxAttempts = 1);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { ParkedCount: 1 });

        var kept = Assert.Single(await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct)).Error!;
        Assert.StartsWith(begin + "éé", kept, StringComparison.Ordinal);
        Assert.Equal((ErrorText.MostCharacters, isCut), (kept.Length, kept.EndsWith("(cut)", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("nul")]
    [InlineData("surrogate")]
    [InlineData("long")]
    [InlineData("throws")]
    [InlineData("selector")]
    public async Task A_function_that_goes_on_failing_for_an_event_has_it_parked_and_the_others_are_handled(string fault)
    {
        var recorder = new Recorder();
        for (var number = 1; number <= 6; number++)
            await AppendAsync($"order-{number % 3}", 1, number);

        await HostAsync(recorder, options =>
        {
            options.MaxAttempts = 3;
            Break(options, fault, @event => @event.As<Numbered>().Number == 2);
        });
        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);

        var parked = await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct);
        Assert.NotNull(Assert.Single(parked, row => row.Error is not null).Error);
        Assert.Equal("order-2", parked[0].Key);
        Assert.Equal(6, parked.Count + recorder.Handled.Count);
        Assert.DoesNotContain(recorder.Handled, context => context.Event.As<Numbered>().Number == 2);
    }

    [Theory]
    [InlineData("nul")]
    [InlineData("throws")]
    [InlineData("mapper")]
    public async Task A_consumer_of_batches_never_meets_an_event_that_a_function_goes_on_failing_for(string fault)
    {
        for (var number = 1; number <= 6; number++)
            await AppendAsync($"order-{number}", 1, number);

        var options = new ConsumerOptions { MaxAttempts = 2, RetryDelay = TimeSpan.FromMilliseconds(1), CheckpointAfter = TimeSpan.FromMilliseconds(10) };
        Break(options, fault, @event => @event.As<Numbered>().Number == 2);
        await using var subscription = await Events.SubscribeAsync(Name, options, Ct);
        Assert.Equal([1, 3, 4, 5, 6], (await subscription.HandleAsync(5)).Numbers());

        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
        Assert.NotNull(Assert.Single(await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct)).Error);
    }

    [Fact]
    public async Task Where_partitions_share_the_work_a_key_that_can_not_be_had_stops_the_subscription_because_passing_could_lose_the_event()
    {
        var recorder = new Recorder();
        await AppendAsync("order-1", 3);
        await HostAsync(recorder, options =>
        {
            (options.MaxAttempts, options.Partitions) = (2, 2);
            Break(options, "throws", @event => @event.As<Numbered>().Number == 2);
        });
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { Status: SubscriptionStatus.Paused });

        Assert.DoesNotContain(recorder.Handled, context => context.Event.As<Numbered>().Number > 1);
    }

    [Fact]
    public async Task An_error_that_a_consumer_of_batches_parks_with_is_kept_as_the_database_can()
    {
        await AppendAsync("order-1", 1);
        await using var subscription = await Events.SubscribeAsync(Name, cancellationToken: Ct);
        var @event = (await subscription.NextAsync()).Events[0];
        await subscription.ParkAsync(@event, "a\0b\uD800c", Ct);

        Assert.Equal("a\uFFFDb\uFFFDc", Assert.Single(await Administration.ListParkedAsync(Name, cancellationToken: Ct).ToListAsync(Ct)).Error);
    }

    private static void Break(SubscriptionOptions options, string fault, Func<RecordedEvent, bool> isBad)
    {
        switch (fault)
        {
            case "selector":
                options.Selector = @event => isBad(@event) ? throw new InvalidOperationException("selector\0") : true;
                break;
            case "mapper":
                ((ConsumerOptions)options).Mapper = @event => isBad(@event) ? throw new OddException(() => throw new FormatException()) : @event;
                break;
            default:
                options.PartitionBy = @event => !isBad(@event) ? @event.StreamName.Value : fault switch
                {
                    "nul" => "key\0",
                    "surrogate" => "key\uD800",
                    "long" => new string('k', 501),
                    _ => throw new InvalidOperationException("no key"),
                };
                break;
        }
    }

    private sealed class OddException(Func<string> message) : Exception
    {
        public override string Message => message();
    }
}
