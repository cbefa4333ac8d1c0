namespace EventStore.EF.Specification;

/// <summary>A stream whose version is below its last event, as somebody left it with SQL: a typed error at once, and a way to repair it.</summary>
public abstract class InconsistentStreamSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    private static readonly StreamName Stream = "order-1";

    public static TheoryData<string> Writes => ["append", "append many", "append many callers", "append to several", "link", "in a transaction"];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_write_to_a_stream_whose_version_is_below_its_last_event_says_how_to_repair_it(string write)
    {
        await InsertPastTheStoreAsync();
        await Events.AppendManyAsync("other", ExpectedVersion.NoStream, Numbered(2), Ct);

        var refused = await ThrowsAndWritesNothingAsync<InconsistentStoreException>(() => WriteAsync(write));
        Assert.Equal(Stream, refused.Stream);
        Assert.Contains("SET version = 3", refused.Message, StringComparison.Ordinal);

        await Database.ExecuteAsync("UPDATE {streams} SET version = 3 WHERE name = 'order-1'");
        Assert.Equal(4, (await Events.AppendAsync(Stream, ExpectedVersion.Any, new Numbered(4), cancellationToken: Ct)).StreamVersion);
    }

    [Fact]
    public async Task A_version_below_the_last_link_is_told_too()
    {
        await Events.AppendManyAsync("other", ExpectedVersion.NoStream, Numbered(3), Ct);
        await Events.LinkAsync(Stream, ExpectedVersion.NoStream, (await ReadAsync("other"))[..2], Ct);
        await Database.ExecuteAsync("""
            INSERT INTO {stream_links} (stream_id, number, position)
            SELECT s.id, 3, e.position FROM {streams} AS s, {events} AS e WHERE s.name = 'order-1' AND e.version = 3
            """);
        await Events.AppendAsync("other", 3, new Numbered(4), cancellationToken: Ct);
        var refused = await ThrowsAndWritesNothingAsync<InconsistentStoreException>(
            async () => await Events.LinkAsync(Stream, ExpectedVersion.Any, [(await ReadAsync("other"))[3]], Ct));
        Assert.Contains("SET version = 3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neighbours_of_such_a_stream_are_written()
    {
        await InsertPastTheStoreAsync();
        var outcomes = await AtOnceAsync(30, number => number % 3 == 0
            ? Events.AppendAsync(Stream, ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct)
            : Events.AppendAsync($"neighbour-{number}", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct));
        Assert.Equal(20, outcomes.Count(outcome => outcome.Exception is null));
        Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome => Assert.IsType<InconsistentStoreException>(outcome.Exception));
    }

    [Fact]
    public async Task A_stream_s_row_has_the_positions_of_its_first_and_last_event()
    {
        await Events.AppendAsync(Stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await Events.AppendManyAsync(Stream, 1, Numbered(3), Ct);
        await Events.AppendManyAsync("many", ExpectedVersion.NoStream, Numbered(40), Ct);
        await Events.AppendManyAsync([new(Stream, 4, Numbered(2)), new("several", ExpectedVersion.Any, Numbered(2))], Ct);
        _ = await AtOnceAsync(60, number => Events.AppendAsync($"group-{number % 20}", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct));
        _ = await AtOnceAsync(60, number => Events.AppendManyAsync($"group-{number % 20}", ExpectedVersion.Any, Numbered(2), Ct));
        await Events.LinkAsync("links", ExpectedVersion.Any, await ReadAsync(Stream), Ct);
        await Events.LinkAsync("many", ExpectedVersion.Any, await ReadAsync(Stream), Ct);

        Assert.Equal(0, await Database.ScalarAsync<long>("""
            SELECT count(*) FROM {streams} AS s
            WHERE s.first_position <> coalesce((SELECT min(e.position) FROM {events} AS e WHERE e.stream_id = s.id), 0)
                OR s.last_position <> coalesce((SELECT max(e.position) FROM {events} AS e WHERE e.stream_id = s.id), 0)
            """));
        Assert.Equal(1, await Database.ScalarAsync<long>("SELECT count(*) FROM {streams} WHERE last_position = 0"));
    }

    /// <summary>A stream at version 1 with three events: somebody inserted two and didn't raise the version.</summary>
    private async Task InsertPastTheStoreAsync()
    {
        await Events.AppendAsync(Stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        for (var version = 2; version <= 3; version++)
        {
            await Database.ExecuteAsync($$"""
                INSERT INTO {events} (stream_id, version, event_id, type, data)
                SELECT id, {{version}}, '{{Guid.CreateVersion7().ToString().ToUpperInvariant()}}', 'specification-numbered', '{"number":{{version}}}'
                FROM {streams} WHERE name = 'order-1'
                """);
        }
    }

    private async Task WriteAsync(string write)
    {
        switch (write)
        {
            case "append":
                await Events.AppendAsync(Stream, ExpectedVersion.Any, new Numbered(4), cancellationToken: Ct);
                break;
            case "append many":
                await Events.AppendManyAsync(Stream, 1, Numbered(3), Ct);
                break;
            case "append many callers":
                var outcomes = await AtOnceAsync(20, _ => Events.AppendAsync(Stream, ExpectedVersion.Any, new Numbered(4), cancellationToken: Ct));
                Assert.All(outcomes, outcome => Assert.IsType<InconsistentStoreException>(outcome.Exception));
                throw outcomes[0].Exception!;
            case "append to several":
                await Events.AppendManyAsync([new("other", ExpectedVersion.Any, Numbered(1)), new(Stream, ExpectedVersion.Any, Numbered(1))], Ct);
                break;
            case "link":
                await Events.LinkAsync(Stream, ExpectedVersion.Any, await ReadAsync("other"), Ct);
                break;
            default:
                await using (var connection = await Database.OpenAsync())
                {
                    await using var transaction = await connection.BeginTransactionAsync(Ct);
                    await Events.WithTransaction(transaction).AppendAsync(Stream, ExpectedVersion.Any, new Numbered(4), cancellationToken: Ct);
                }

                break;
        }
    }
}
