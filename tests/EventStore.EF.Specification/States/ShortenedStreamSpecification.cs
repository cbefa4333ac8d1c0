using EventStore.EF.States;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>A state is made of all of its stream's events, or of a snapshot and the rest, or is an error.</summary>
public abstract class ShortenedStreamSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task A_state_whose_beginning_was_truncated_is_an_error_that_says_so()
    {
        var stream = await StreamAsync(6);
        await Events.Streams.TruncateAsync(stream, 5, Ct);
        var decisions = 0;
        Func<Task>[] operations =
        [
            () => Events.LoadAsync<Account>(stream, Ct),
            () => Events.LoadAsync<Counter>(stream, Ct),
            () => Events.UpdateAsync<Counter>(stream, _ => [new Numbered(++decisions)], Ct),
        ];
        foreach (var operation in operations)
        {
            var exception = await ThrowsAndWritesNothingAsync<StreamTruncatedException>(operation);
            Assert.Equal((stream, 5L, null), (exception.Stream, exception.OldestVersion, exception.SnapshotVersion));
            Assert.Contains("before version 5", exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, decisions);
    }

    [Fact]
    public async Task A_wholly_truncated_stream_without_snapshot_has_no_state_and_an_update_of_it_ends()
    {
        var stream = await StreamAsync(6);
        await Events.Streams.TruncateAsync(stream, 7, Ct);

        Assert.Equal(7, (await Assert.ThrowsAsync<StreamTruncatedException>(() => Events.LoadAsync<Counter>(stream, Ct))).OldestVersion);
        await Assert.ThrowsAsync<StreamTruncatedException>(() => Events.UpdateAsync<Counter>(stream, _ => [new Numbered(1)], Ct));
        await Assert.ThrowsAsync<StreamTruncatedException>(() => Events.LoadAsync<Account>(stream, Ct));
    }

    [Fact]
    public async Task A_snapshot_that_covers_what_is_gone_takes_its_place_also_when_no_event_is_left()
    {
        var stream = await StreamAsync(12);
        await LoadAsync(stream, new(1, 78), 12);
        foreach (var before in (long[])[5, 12, 13])
        {
            await Events.Streams.TruncateAsync(stream, before, Ct);
            await LoadAsync(stream, new(1, 78), 12);
        }

        var decisions = 0;
        var updated = await Events.UpdateAsync<Account>(stream, account => [new Numbered(account.Sum + (100 * decisions++))], Ct);
        Assert.Equal((13, 1), (updated.StreamVersion, decisions));
        await LoadAsync(stream, new(1, 156), 13);
    }

    [Fact]
    public async Task A_snapshot_that_leaves_out_truncated_events_is_not_enough_and_named()
    {
        var stream = await StreamAsync(12);
        await LoadAsync(stream, new(1, 78), 12);
        await Events.AppendManyAsync(stream, ExpectedVersion.At(12), Numbered(8), Ct);
        await Events.Streams.TruncateAsync(stream, 13, Ct);
        await LoadAsync(stream, new(1, 78 + 36), 20);

        await Events.Streams.TruncateAsync(stream, 15, Ct);
        var exception = await Assert.ThrowsAsync<StreamTruncatedException>(() => Events.LoadAsync<Account>(stream, Ct));
        Assert.Equal((15L, 12L), (exception.OldestVersion, exception.SnapshotVersion));

        await Events.Streams.TruncateAsync(stream, 21, Ct);
        Assert.Equal(12, (await Assert.ThrowsAsync<StreamTruncatedException>(() => Events.LoadAsync<Account>(stream, Ct))).SnapshotVersion);
    }

    [Fact]
    public async Task A_snapshot_of_a_later_version_than_the_stream_s_is_of_another_stream()
    {
        var stream = await StreamAsync(3);
        var type = EventCatalog.Of(typeof(Account).Assembly).FindState(typeof(Account))!.SnapshotType;
        var payload = """{"first":7,"sum":1000}"""u8.ToArray();
        await Events.Snapshots.RecordAsync(new() { Source = stream, Type = type, Version = 9, Payload = payload }, Ct);

        await LoadAsync(stream, new(1, 6), 3);
    }

    [Fact]
    public async Task The_version_is_the_stream_s_where_the_events_of_its_last_or_first_links_were_removed()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowHardDelete = true));
        StreamName links = NewStream(), first = await StreamAsync(2), middle = await StreamAsync(3), last = await StreamAsync(2);
        foreach (var source in (StreamName[])[first, middle, last])
            await Events.LinkAsync(links, ExpectedVersion.Any, await ReadAsync(source), Ct);

        await store.Events.Streams.HardDeleteAsync(last, ExpectedVersion.Any, Ct);
        await CountsAsync(5, 7);
        await store.Events.Streams.HardDeleteAsync(first, ExpectedVersion.Any, Ct);
        await CountsAsync(3, 7);

        var decisions = 0;
        var updated = await Events.UpdateAsync<Counter>(links, counter => [new Numbered(++decisions + counter.Count)], Ct);
        Assert.Equal((8, 1), (updated.StreamVersion, decisions));
        await CountsAsync(4, 8);

        async Task CountsAsync(int count, long version)
        {
            var (counter, loaded) = await Events.LoadAsync<Counter>(links, Ct);
            Assert.Equal((count, version), (counter.Count, loaded));
        }
    }

    [Fact]
    public async Task A_snapshot_counts_also_when_its_last_event_was_removed_with_the_stream_it_was_linked_from()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowHardDelete = true));
        StreamName links = NewStream(), kept = await StreamAsync(11), removed = await StreamAsync(1);
        await Events.LinkAsync(links, ExpectedVersion.Any, await ReadAsync(kept), Ct);
        await Events.LinkAsync(links, ExpectedVersion.Any, await ReadAsync(removed), Ct);
        await LoadAsync(links, new(1, 67), 12);

        await store.Events.Streams.HardDeleteAsync(removed, ExpectedVersion.Any, Ct);
        await LoadAsync(links, new(1, 67), 12);
        Assert.Equal(13, (await Events.UpdateAsync<Account>(links, account => [new Numbered(account.Sum)], Ct)).StreamVersion);
        await LoadAsync(links, new(1, 134), 13);
    }

    private async Task<StreamName> StreamAsync(int events)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(events), Ct);
        return stream;
    }

    private async Task LoadAsync(StreamName stream, Account state, long version)
    {
        Assert.Equal(new(state, version), await Events.LoadAsync<Account>(stream, Ct));
        await Store.Host.Services.GetRequiredService<SnapshotRecorder>().WhenIdleAsync();
    }
}
