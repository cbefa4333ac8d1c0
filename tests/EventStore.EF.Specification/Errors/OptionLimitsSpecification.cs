namespace EventStore.EF.Specification;

/// <summary>The limits of options in docs/configuration.md: the least and the greatest values work.</summary>
public abstract class OptionLimitsSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task Pages_and_counts_are_taken_at_their_limits_and_refused_beyond_them()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(10_001), Ct);
        await Events.AppendAsync($"{stream}-2", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        var ofBoth = EventFilter.StreamPrefix(stream.Value);
        Assert.Equal(Enumerable.Range(1, 10_001), await NumbersAsync(stream, new() { PageSize = 10_000 }));
        foreach (var pageSize in (int[])[1, 10_000])
        {
            ReadOptions last = new() { Direction = ReadDirection.Backward, Filter = ofBoth, PageSize = pageSize, MaxCount = 3 };
            Assert.Equal([1, 10_001, 10_000], (await ToListAsync(Events.ReadAllAsync(last, Ct))).Numbers());
            Assert.Equal(1, Assert.Single(await NumbersAsync(stream, new() { PageSize = pageSize, MaxCount = 1 })));
            foreach (var (maxCount, count) in ((int?, int)[])[(null, 2), (1, 1)])
            {
                StreamListOptions listed = new() { Prefix = stream.Value, PageSize = pageSize, MaxCount = maxCount };
                Assert.Equal(count, await Events.Streams.ListAsync(listed, Ct).CountAsync(Ct));
            }
        }

        foreach (var (pageSize, maxCount, option) in
            ((int, int?, string)[])[(0, null, "PageSize"), (10_001, null, "PageSize"), (1, 0, "MaxCount")])
        {
            ReadOptions read = new() { PageSize = pageSize, MaxCount = maxCount };
            StreamListOptions list = new() { PageSize = pageSize, MaxCount = maxCount };
            foreach (var operation in (Func<Task>[])
            [
                () => ReadAsync(stream, read), () => ToListAsync(Events.ReadAllAsync(read, Ct)),
                async () => await Events.Streams.ListAsync(list, Ct).CountAsync(Ct),
            ])
                Assert.Equal(option, (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(operation)).ParamName);
        }
    }

    [Fact]
    public async Task A_subscription_delivers_with_its_options_at_their_least_and_at_their_greatest()
    {
        var (stream, small) = (NewStream(), NewStream());
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(10_001), Ct);
        await Events.AppendManyAsync(small, ExpectedVersion.NoStream, Numbered(20), Ct);
        ConsumerOptions least = new()
        {
            Stream = small,
            PageSize = 1,
            BufferSize = 1,
            BatchSize = 1,
            CheckpointEvery = 1,
            CheckpointAfter = TimeSpan.FromMilliseconds(10),
            MaxAttempts = 1,
            RetryDelay = TimeSpan.FromTicks(1),
            MaxRetryDelay = TimeSpan.FromTicks(1),
        };
        ConsumerOptions greatest = new()
        {
            Stream = stream,
            MaxConsumers = 1000,
            PageSize = 10_000,
            BufferSize = 100_000,
            BatchSize = 10_000,
            CheckpointEvery = int.MaxValue,
            CheckpointAfter = TimeSpan.FromHours(1),
            MaxAttempts = int.MaxValue,
            RetryDelay = TimeSpan.FromHours(12),
            MaxRetryDelay = TimeSpan.FromHours(12),
        };
        ConsumerOptions divided = new() { Stream = small, Partitions = 1000 };
        foreach (var (options, count) in ((ConsumerOptions, int)[])[(least, 20), (greatest, 10_001), (divided, 20)])
        {
            await using var subscription = await Events.SubscribeAsync(NewStream("options").Value, options, Ct);
            Assert.Equal(Enumerable.Range(1, count), (await subscription.HandleAsync(count)).Numbers());
        }
    }

    [Fact]
    public async Task A_store_works_with_its_options_at_their_least_and_at_their_greatest()
    {
        foreach (var configure in (Action<EventStoreOptions>[])
        [
            options =>
            {
                (options.MaxEventSize, options.MaxPageBytes) = (2, 1);
                (options.PollingInterval, options.LeaseDuration) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
                (options.MaxRetryAttempts, options.RetryDelay, options.MaxUpdateAttempts) = (0, TimeSpan.FromTicks(1), 1);
            },
            options =>
            {
                (options.MaxEventSize, options.MaxPageBytes) = (long.MaxValue, long.MaxValue);
                (options.PollingInterval, options.LeaseDuration) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1));
                (options.MaxRetryAttempts, options.RetryDelay, options.MaxUpdateAttempts)
                    = (int.MaxValue, TimeSpan.FromHours(1), int.MaxValue);
            },
        ])
        {
            // An event without members has two bytes.
            await using var store = Fixture.CreateStore(Database, builder => builder.Configure(configure));
            var stream = NewStream();
            await store.Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [new(new Ticked()), new(new Ticked())], Ct);
            await store.Events.AppendManyAsync([new StreamAppend(stream, 2, new NewEvent(new Ticked()))], Ct);
            Assert.Equal(3, await store.Events.ReadStreamAsync(stream, cancellationToken: Ct).CountAsync(Ct));
            Assert.Equal(3, await store.Events.ReadAllAsync(new() { Filter = EventFilter.StreamPrefix(stream.Value) }, Ct).CountAsync(Ct));
            await using var subscription = await store.Events.SubscribeAsync(NewStream("options").Value, new() { Stream = stream }, Ct);
            await subscription.HandleAsync(3);
        }

        await using var refusing = Fixture.CreateStore(Database, builder => builder.Configure(options => options.MaxEventSize = 1));
        var refused = await ThrowsAndWritesNothingAsync<EventTooLargeException>(
            () => refusing.Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Ticked(), cancellationToken: Ct));
        Assert.Equal((2, 1), (refused.Size, refused.Limit));
    }
}
