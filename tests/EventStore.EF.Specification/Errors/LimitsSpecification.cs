namespace EventStore.EF.Specification;

/// <summary>The fixed limits of docs/configuration.md, each at the limit and one beyond.</summary>
public abstract class LimitsSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Theory]
    [InlineData('x')]
    [InlineData('ß')]
    [InlineData('漢')]
    public async Task A_name_of_255_characters_is_taken_and_one_more_is_refused(char letter)
    {
        var suffix = Guid.NewGuid().ToString("N");
        var name = new string(letter, 255 - suffix.Length) + suffix;
        await Events.AppendAsync(name, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await AssertNumbersAsync(name, 1);
        StreamListOptions listed = new() { Prefix = name, Contains = name };
        Assert.Equal(name, Assert.Single(await Events.Streams.ListAsync(listed, Ct).ToListAsync(Ct)).Name.Value);
        await using (var subscription = await Events.SubscribeAsync(name, new() { Stream = name }, Ct))
            Assert.Single(await subscription.HandleAsync(1));

        await Events.Snapshots.RecordAsync(new() { Source = name, Type = name, Version = 1, Payload = "{}"u8.ToArray() }, Ct);
        Assert.NotNull(await Events.Snapshots.FindAsync(name, name, Ct));
        foreach (var operation in (Func<Task>[])
        [
            () => Events.AppendAsync(name + letter, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct),
            () => Events.SubscribeAsync(name + letter, null, Ct),
            () => Events.Snapshots.RecordAsync(new() { Source = name, Type = name + letter, Version = 1, Payload = "{}"u8.ToArray() }, Ct),
            () => Task.Run(() => EventFilter.StreamPrefix(name + letter), Ct),
        ])
        {
            var refused = await ThrowsAndWritesNothingAsync<ArgumentException>(operation);
            Assert.Contains("at most 255 characters. This one has 256", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stored_name_of_200_characters_is_written_read_and_filtered_by()
    {
        Assert.Equal(200, LongestName.Text.Length);
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [new(new NamedAtLength(1)), new(new Numbered(2))], Ct);
        var read = Assert.Single(await ReadAsync(stream, new() { Filter = EventFilter.Types(LongestName.Text) }));
        Assert.Equal((LongestName.Text, new NamedAtLength(1)), (read.EventType, read.As<NamedAtLength>()));
    }

    [Fact]
    public async Task A_content_type_of_100_characters_is_taken_and_one_more_is_refused()
    {
        var (stream, longest) = (NewStream(), $"application/{new string('x', 88)}");
        await Events.Snapshots.RecordAsync(Snapshot(longest), Ct);
        Assert.Equal(longest, (await Events.Snapshots.FindAsync(stream, "tally", Ct))?.ContentType);
        await using (var store = Fixture.CreateStore(Database, builder => builder.UseSerializer(Serializer(longest))))
            await store.Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);

        Assert.Equal(longest, Assert.Single(await ReadAsync(stream)).ContentType);
        foreach (var contentType in (string[])[longest + "x", "", "text plain", "text/plain\n", "text/é"])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => Events.Snapshots.RecordAsync(Snapshot(contentType), Ct));
            Assert.Throws<ArgumentException>(
                () => Fixture.CreateStore(Database, builder => builder.UseSerializer(Serializer(contentType))));
        }

        Snapshot Snapshot(string contentType)
            => new() { Source = stream, Type = "tally", Version = 1, Payload = new byte[] { 1 }, ContentType = contentType };

        static TestSerializer Serializer(string contentType) => new(contentType, _ => [1]);
    }

    [Fact]
    public async Task A_key_of_500_characters_is_taken_and_one_more_is_refused()
    {
        var name = new SubscriptionName(NewStream("keys").Value);
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct);
        var key = new string('漢', 500);
        await using var subscription = await Events.SubscribeAsync(name, new() { Stream = stream, PartitionBy = _ => key }, Ct);
        var batch = await subscription.NextAsync();
        await subscription.ParkAsync(batch.Events[0], "later", Ct);
        Assert.Equal(1, await Events.Subscriptions.ReplayParkedAsync(name, key, stream, Ct));
        Assert.Equal(1, await Events.Subscriptions.DiscardParkedAsync(name, key, stream, Ct));
        await Assert.ThrowsAsync<ArgumentException>("key", () => Events.Subscriptions.ReplayParkedAsync(name, key + "x", stream, Ct));
        await Assert.ThrowsAsync<ArgumentException>("key", () => Events.Subscriptions.DiscardParkedAsync(name, key + "x", stream, Ct));
    }

    [Fact]
    public async Task A_schema_s_name_of_40_characters_is_taken_and_one_more_is_refused()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.UseSchema(new('x', 40)));
        await store.MigrateAsync();
        await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await using var subscription = await store.Events.SubscribeAsync("numbers", null, Ct);
        Assert.Equal([1], (await subscription.HandleAsync(1)).Numbers());
        Assert.Throws<ArgumentException>(() => Fixture.CreateStore(Database, builder => builder.UseSchema(new('x', 41))));
    }

    [Fact]
    public async Task An_event_nested_64_deep_comes_back_and_one_level_more_is_refused()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, Deep(64), cancellationToken: Ct);
        Assert.Equal(Deep(64), Assert.Single(await ReadAsync(stream)).As<Nested>());
        await ThrowsAndWritesNothingAsync<EventSerializationException>(
            () => Events.AppendAsync(stream, 1, Deep(65), cancellationToken: Ct));
    }

    [Fact]
    public async Task An_error_of_4000_characters_is_stored_whole_and_a_longer_one_is_cut_to_as_many()
    {
        const string cut = "… (cut)";
        var (name, stream) = (new SubscriptionName(NewStream("errors").Value), NewStream());
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);
        var (longest, surrogates) = (new string('漢', 4000), string.Concat(Enumerable.Repeat("😀", 2001)));
        await using var subscription = await Events.SubscribeAsync(
            name, new() { Stream = stream, PartitionBy = @event => $"{@event.StreamVersion}" }, Ct);
        foreach (var (@event, error) in (await subscription.TakeAsync(3)).Zip((string[])[longest, longest + "漢", surrogates]))
            await subscription.ParkAsync(@event, error, Ct);

        // No half of a pair is left where it is cut.
        var kept = await Events.Subscriptions.ListParkedAsync(name, stream, Ct).Select(parked => parked.Error).ToListAsync(Ct);
        Assert.Equal([longest, longest[..^cut.Length] + cut, surrogates[..3992] + cut], kept);
    }

    [Fact]
    public async Task A_lag_of_100_000_events_is_counted_and_a_longer_one_as_that()
    {
        var (name, stream) = (new SubscriptionName(NewStream("lags").Value), NewStream());
        await using (await Events.SubscribeAsync(name, new() { Start = SubscriptionStart.Current }, Ct))
        await using (await Events.SubscribeAsync(name, new() { Stream = stream }, Ct))
        {
        }

        foreach (var (appended, lag) in ((int, int)[])[(99_999, 99_999), (1, 100_000), (1, 100_000)])
        {
            await Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(appended), Ct);
            foreach (var readStream in (StreamName?[])[null, stream])
                Assert.Equal(lag, (await Events.Subscriptions.FindAsync(name, readStream, Ct))!.LagEvents);
        }

        Assert.Equal(100_001, (await Events.Subscriptions.FindAsync(name, stream, Ct))!.Head);
    }

    private static Nested Deep(int levels)
    {
        var nested = new Nested("innermost", null);
        for (var level = 1; level < levels; level++)
            nested = new($"{level}", nested);

        return nested;
    }
}
