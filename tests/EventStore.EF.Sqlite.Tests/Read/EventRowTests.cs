namespace EventStore.EF.Sqlite.Tests.Read;

/// <summary>Rows are read from SQLite's memory, in whatever form they are stored.</summary>
public sealed class EventRowTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    private const string Id = "0198a2b4-1111-7222-8333-0123456789ab";

    [Theory]
    [InlineData($"'{Id}'", "'2026-01-31 08:15:00.120'")]
    [InlineData("'0198A2B4-1111-7222-8333-0123456789AC'", "'2026-01-31 08:15:00.120'")]
    [InlineData("'{0198a2b4-1111-7222-8333-0123456789ad}'", "'2026-01-31T08:15:00.12Z'")]
    [InlineData("x'B4A2980111112272833300000000AAAA'", "'2026-01-31 08:15:00.1200000'")]
    public async Task Ids_and_times_are_read_in_every_form_that_the_driver_reads(string id, string createdAt)
    {
        var stream = await StreamAsync(1);
        await Database.ExecuteAsync($"""
            INSERT INTO {"{events}"} (stream_id, version, event_id, type, schema_version, data, metadata, correlation_id, causation_id, created_at)
            SELECT id, version + 1, {id}, 'numbered', 1, '{"{}"}', '{"{\"a\":\"ü\"}"}', {id}, NULL, {createdAt}
            FROM {"{streams}"} WHERE name = '{stream.Value}'
            """);
        await Database.ExecuteAsync($"UPDATE {{streams}} SET version = version + 1 WHERE name = '{stream.Value}'");

        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT event_id, position FROM eventstore_events ORDER BY position DESC LIMIT 1";
        await using var reader = await command.ExecuteReaderAsync(Ct);
        await reader.ReadAsync(Ct);
        var (expected, position) = (reader.GetGuid(0), reader.GetInt64(1));

        var read = await ReadAsync(stream);
        var all = await ToListAsync(Events.ReadAllAsync(null, Ct));
        foreach (var @event in new[] { read[^1], Assert.Single(all, @event => @event.Position == position) })
        {
            Assert.Equal((expected, expected, null), (@event.EventId, @event.CorrelationId, @event.CausationId));
            Assert.Equal(new DateTimeOffset(2026, 1, 31, 8, 15, 0, 120, TimeSpan.Zero), @event.CreatedAt);
            Assert.Equal("ü", @event.Metadata["a"]);
            Assert.Equal((stream, "numbered", 2L), (@event.StreamName, @event.EventType, @event.StreamVersion));
        }
    }

    [Fact]
    public async Task Events_of_many_streams_and_types_have_their_own_names()
    {
        var streams = new List<StreamName>();
        for (var number = 1; number <= 20; number++)
        {
            streams.Add(new($"{NewStream().Value}-ä-{number}"));
            await Events.AppendManyAsync(streams[^1], ExpectedVersion.NoStream, Numbered(number % 3 + 1), Ct);
        }

        foreach (var stream in streams)
            Assert.All(await ReadAsync(stream), @event => Assert.Equal(stream, @event.StreamName));

        var all = await ToListAsync(Events.ReadAllAsync(null, Ct));
        Assert.Equal(
            streams.SelectMany((stream, index) => Enumerable.Repeat(stream, (index + 1) % 3 + 1)),
            all.Select(@event => @event.StreamName).Where(streams.Contains));
    }
}
