using Microsoft.Extensions.DependencyInjection;

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
        Assert.Equal(name, Assert.Single(await Events.Streams.ListAsync(new() { Prefix = name }, Ct).ToListAsync(Ct)).Name.Value);
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
    public async Task A_content_type_of_100_characters_is_taken_and_one_more_is_refused()
    {
        var (stream, longest) = (NewStream(), $"application/{new string('x', 88)}");
        await Events.Snapshots.RecordAsync(new() { Source = stream, Type = "tally", Version = 1, Payload = new byte[] { 1 }, ContentType = longest }, Ct);
        Assert.Equal(longest, (await Events.Snapshots.FindAsync(stream, "tally", Ct))?.ContentType);
        await Assert.ThrowsAsync<ArgumentException>(
            () => Events.Snapshots.RecordAsync(new() { Source = stream, Type = "tally", Version = 2, Payload = new byte[] { 1 }, ContentType = longest + "x" }, Ct));
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
        Assert.Equal(1, await Events.Subscriptions.DiscardParkedAsync(name, key, stream, Ct));
        await Assert.ThrowsAsync<ArgumentException>("key", () => Events.Subscriptions.DiscardParkedAsync(name, key + "x", stream, Ct));
    }

    [Fact]
    public void A_schema_s_name_of_40_characters_is_taken_and_one_more_is_refused()
    {
        using var services = new ServiceCollection()
            .AddEventStore(store => Fixture.Use(store.UseSchema(new('x', 40)), Database.ConnectionString)).BuildServiceProvider();
        Assert.Throws<ArgumentException>(
            () => new ServiceCollection().AddEventStore(store => Fixture.Use(store.UseSchema(new('x', 41)), Database.ConnectionString)));
    }

    [Fact]
    public async Task An_event_nested_64_deep_comes_back_and_one_level_more_is_refused()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, Deep(64), cancellationToken: Ct);
        Assert.Equal(Deep(64), Assert.Single(await ReadAsync(stream)).As<Nested>());
        await ThrowsAndWritesNothingAsync<EventSerializationException>(() => Events.AppendAsync(stream, 1, Deep(65), cancellationToken: Ct));
    }

    private static Nested Deep(int levels)
    {
        var nested = new Nested("innermost", null);
        for (var level = 1; level < levels; level++)
            nested = new($"{level}", nested);

        return nested;
    }
}
