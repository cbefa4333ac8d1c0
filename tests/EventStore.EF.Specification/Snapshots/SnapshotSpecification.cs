using System.Text;
using System.Text.Json;

namespace EventStore.EF.Specification;

/// <summary>Keeping states made of events.</summary>
public abstract class SnapshotSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task There_is_none_until_one_is_recorded() => Assert.Null(await Events.Snapshots.FindAsync(NewStream(), "tally", Ct));

    [Fact]
    public async Task A_snapshot_comes_back_as_it_was_recorded()
    {
        // The source doesn't have to exist: its events may lie elsewhere, or come later.
        var source = NewStream();
        const string json = """{ "b": 1.10, "a": [1e308, -0.0, 1E5], "\u0000": "\ud83d\ude00 😀", "a": null }""";
        var given = Of(source, 7, json) with { Metadata = new() { ["user"] = "ada", ["ключ 😀\u0000"] = "" } };
        var before = await Database.NowAsync();
        Assert.True(await Events.Snapshots.RecordAsync(given, Ct));
        var after = await Database.NowAsync();

        var read = await ReadAsync(source);
        Assert.Equal((source, "tally", 7, "application/json"), (read.Source, read.Type, read.Version, read.ContentType));
        Assert.Equal(json, Text(read));
        Assert.Equal(given.Metadata, read.Metadata);
        Assert.InRange(read.CreatedAt!.Value, before.AddMilliseconds(-1), after.AddMilliseconds(1));
        Assert.Equal(TimeSpan.Zero, read.CreatedAt.Value.Offset);
        Assert.Null(await Events.Streams.FindAsync(source, Ct));
    }

    [Fact]
    public async Task A_state_is_written_and_read_by_its_generated_metadata()
    {
        var source = NewStream();
        var tally = new Tally(3, "three \u0000 😀");
        await Events.Snapshots.RecordAsync(Snapshot.Of(source, "tally", 3, tally, TallyJson.Default.Tally), Ct);
        Assert.Equal(tally, (await ReadAsync(source)).As(TallyJson.Default.Tally));

        await Events.Snapshots.RecordAsync(Of(source, 3, "null"), Ct);
        var exception = Assert.Throws<JsonException>(() => ReadAsync(source).Result.As(TallyJson.Default.Tally));
        Assert.Contains(source.Value, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Defect_19_An_older_snapshot_never_replaces_a_newer_one()
    {
        var source = NewStream();
        Assert.True(await Events.Snapshots.RecordAsync(Of(source, 5, "5") with { Metadata = new() { ["by"] = "5" } }, Ct));
        var kept = await ReadAsync(source);
        foreach (var version in (long[])[4, 1, 0])
        {
            Assert.False(await Events.Snapshots.RecordAsync(Of(source, version, "0"), Ct));
            Assert.False(await Events.Snapshots.RecordAsync(Binary(source, version, 1, 2, 3), Ct));
        }

        var read = await ReadAsync(source);
        Assert.Equal((5, "5", "application/json", "5", kept.CreatedAt), (read.Version, Text(read), read.ContentType, read.Metadata["by"], read.CreatedAt));
        Assert.True(await Events.Snapshots.RecordAsync(Of(source, 6, "6"), Ct));
        Assert.Equal(6, (await ReadAsync(source)).Version);
    }

    [Fact]
    public async Task Defect_19_Of_many_recorded_at_once_the_newest_is_kept()
    {
        await using var second = Fixture.CreateStore(Database);
        for (var round = 0; round < 10; round++)
        {
            var source = NewStream();
            var outcomes = await AtOnceAsync(16, index =>
            {
                // 7 is prime to 16: every version once, none in order.
                var version = index * 7 % 16;
                return (index % 2 == 0 ? Events : second.Events).Snapshots.RecordAsync(version % 3 == 0 ? Of(source, version, $"{version}") : Binary(source, version, (byte)version), Ct);
            });
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
            Assert.True(outcomes.Index().Single(outcome => outcome.Index * 7 % 16 == 15).Item.Result);
            var read = await ReadAsync(source);
            Assert.Equal((15, "15"), (read.Version, Text(read)));
        }
    }

    [Fact]
    public async Task One_of_the_same_version_replaces_the_former_wholly()
    {
        var source = NewStream();
        await Events.Snapshots.RecordAsync(Of(source, 5, "1") with { Metadata = new() { ["by"] = "1" } }, Ct);
        Assert.True(await Events.Snapshots.RecordAsync(Binary(source, 5, 0, 255, 128), Ct));
        var binary = await ReadAsync(source);
        Assert.Equal("application/x-tally", binary.ContentType);
        Assert.Equal([0, 255, 128], binary.Payload.ToArray());
        Assert.Empty(binary.Metadata);

        Assert.True(await Events.Snapshots.RecordAsync(Of(source, 5, "2"), Ct));
        var json = await ReadAsync(source);
        Assert.Equal(("application/json", "2"), (json.ContentType, Text(json)));
    }

    [Fact]
    public async Task Each_source_and_type_has_its_own()
    {
        var name = NewStream().Value;
        (StreamName Source, string Type)[] keys = [(name, "tally"), (name, "Tally"), (name, "tally "), (name + "X", "tally"), (name + "x", "tally"), (name, "😀\uFFFF%_'")];
        foreach (var (index, (source, type)) in keys.Index())
            Assert.True(await Events.Snapshots.RecordAsync(Of(source, index, $"{index}") with { Type = type }, Ct));

        foreach (var (index, (source, type)) in keys.Index())
            Assert.Equal(index, (await Events.Snapshots.FindAsync(source, type, Ct))!.Version);

        await Events.Snapshots.DeleteAsync(keys[0].Source, keys[0].Type, Ct);
        Assert.Null(await Events.Snapshots.FindAsync(keys[0].Source, keys[0].Type, Ct));
        foreach (var (source, type) in keys[1..])
            Assert.NotNull(await Events.Snapshots.FindAsync(source, type, Ct));
    }

    [Fact]
    public async Task Bytes_of_any_content_type_come_back_as_they_are()
    {
        foreach (var (contentType, payload) in ((string, byte[])[])
        [
            ("application/octet-stream", []), ("application/x-protobuf", [.. Enumerable.Range(0, 256).Select(value => (byte)value)]), ("text/plain;charset=utf-8", "ä"u8.ToArray()),
            ("application/vnd.tally+json", """{"a" :1}"""u8.ToArray()), ("application/vnd.tally+JSON", "[ ]"u8.ToArray()), ("Application/Json", "1.0"u8.ToArray()),
            ("application/x-large", new byte[1024 * 1024]),
        ])
        {
            var source = NewStream();
            Assert.True(await Events.Snapshots.RecordAsync(new() { Source = source, Type = "tally", Version = 0, Payload = payload, ContentType = contentType }, Ct));
            var read = await ReadAsync(source);
            Assert.Equal(contentType, read.ContentType);
            Assert.Equal(payload, read.Payload.ToArray());
        }
    }

    [Fact]
    public async Task A_deleted_one_is_gone_and_an_older_may_be_recorded_then_and_an_absent_one_may_be_deleted()
    {
        var source = NewStream();
        await Events.Snapshots.DeleteAsync(source, "tally", Ct);
        await Events.Snapshots.RecordAsync(Of(source, long.MaxValue, "1"), Ct);
        Assert.Equal(long.MaxValue, (await ReadAsync(source)).Version);
        await Events.Snapshots.DeleteAsync(source, "tally", Ct);
        Assert.Null(await Events.Snapshots.FindAsync(source, "tally", Ct));
        await Events.Snapshots.DeleteAsync(source, "tally", Ct);
        Assert.True(await Events.Snapshots.RecordAsync(Of(source, 1, "1"), Ct));
    }

    [Fact]
    public async Task A_snapshot_stays_while_its_source_is_deleted()
    {
        var source = NewStream();
        await Events.AppendManyAsync(source, ExpectedVersion.NoStream, Numbered(1), Ct);
        await Events.Snapshots.RecordAsync(Of(source, 1, "1"), Ct);
        await Events.Streams.DeleteAsync(source, 1, Ct);
        Assert.Equal(1, (await ReadAsync(source)).Version);
    }

    [Fact]
    public async Task What_breaks_a_rule_is_refused()
    {
        var source = NewStream();
        foreach (var type in (string[])["", "a\nb", "a\u0000", "\uD83D", new string('x', 256)])
        {
            await RefusedAsync<ArgumentException>(() => Events.Snapshots.RecordAsync(Of(source, 1, "1") with { Type = type }, Ct));
            await RefusedAsync<ArgumentException>(() => Events.Snapshots.FindAsync(source, type, Ct));
            await RefusedAsync<ArgumentException>(() => Events.Snapshots.DeleteAsync(source, type, Ct));
        }

        foreach (var json in (byte[][])[[], "{"u8.ToArray(), "{} {}"u8.ToArray(), "{'a': 1}"u8.ToArray(), "[1,]"u8.ToArray(), "NaN"u8.ToArray(), [0xEF, 0xBB, 0xBF, (byte)'1'], [(byte)'"', 0xFF, (byte)'"'], "\"\0\""u8.ToArray()])
        {
            var exception = await RefusedAsync<ArgumentException>(() => Events.Snapshots.RecordAsync(Of(source, 1, "") with { Payload = json }, Ct));
            Assert.Contains("application/json", exception.Message, StringComparison.Ordinal);
        }

        foreach (var contentType in (string[])["", "a b", "ä", new string('x', 101), "a\n"])
            await RefusedAsync<ArgumentException>(() => Events.Snapshots.RecordAsync(Binary(source, 1) with { ContentType = contentType }, Ct));

        await RefusedAsync<ArgumentOutOfRangeException>(() => Events.Snapshots.RecordAsync(Of(source, -1, "1"), Ct));
        await RefusedAsync<ArgumentException>(() => Events.Snapshots.RecordAsync(Of(default, 1, "1"), Ct));
        await RefusedAsync<ArgumentException>(() => Events.Snapshots.FindAsync(default, "tally", Ct));
        await RefusedAsync<ArgumentException>(() => Events.Snapshots.DeleteAsync(default, "tally", Ct));
        await RefusedAsync<ArgumentNullException>(() => Events.Snapshots.RecordAsync(null!, Ct));
        Assert.Null(await Events.Snapshots.FindAsync(source, "tally", Ct));

        static async Task<TException> RefusedAsync<TException>(Func<Task> operation)
            where TException : ArgumentException
            => await Assert.ThrowsAnyAsync<TException>(operation);
    }

    [Fact]
    public async Task Two_schemas_of_one_database_keep_their_own()
    {
        await using var database = await Fixture.CreateDatabaseAsync();
        await using var first = Fixture.CreateStore(database);
        await using var second = Fixture.CreateStore(database, builder => builder.UseSchema("other_snapshots"));
        await second.MigrateAsync();
        await first.Events.Snapshots.RecordAsync(Of("source", 5, "5"), Ct);
        Assert.Null(await second.Events.Snapshots.FindAsync("source", "tally", Ct));
        Assert.True(await second.Events.Snapshots.RecordAsync(Of("source", 3, "3"), Ct));
        await first.Events.Snapshots.DeleteAsync("source", "tally", Ct);
        Assert.Equal(3, (await second.Events.Snapshots.FindAsync("source", "tally", Ct))!.Version);
    }

    private static SnapshotDraft Of(StreamName source, long version, string json) => new(source, version, Encoding.UTF8.GetBytes(json), "application/json");

    private static SnapshotDraft Binary(StreamName source, long version, params byte[] payload) => new(source, version, payload, "application/x-tally");

    private static string Text(Snapshot snapshot) => Encoding.UTF8.GetString(snapshot.Payload.Span);

    private async Task<Snapshot> ReadAsync(StreamName source) => Assert.IsType<Snapshot>(await Events.Snapshots.FindAsync(source, "tally", Ct));

    /// <summary>A snapshot with something else than usual.</summary>
    private sealed record SnapshotDraft(StreamName Source, long Version, byte[] Payload, string ContentType)
    {
        public string Type { get; init; } = "tally";

        public EventMetadata Metadata { get; init; } = EventMetadata.Empty;

        public static implicit operator Snapshot(SnapshotDraft? draft) => draft is null
            ? null!
            : new() { Source = draft.Source, Type = draft.Type, Version = draft.Version, Payload = draft.Payload, ContentType = draft.ContentType, Metadata = draft.Metadata };
    }
}
