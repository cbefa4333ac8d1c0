using EventStore.EF.TestDatabases;

namespace EventStore.EF.PostgreSQL.Tests.Read;

/// <summary>Pages of all events have the ids of streams, and the store knows the names: always the right ones.</summary>
public sealed class StreamNamesTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private const int Places = 1 << 15;

    [Fact]
    public async Task Streams_whose_ids_share_a_place_keep_their_names()
    {
        await Events.AppendManyAsync("one", ExpectedVersion.NoStream, Numbered(1), Ct);
        var id = await Database.ScalarAsync<long>("SELECT id FROM {streams} WHERE name = 'one'");
        await Database.ExecuteAsync($"ALTER TABLE eventstore.streams ALTER COLUMN id RESTART WITH {id + Places}");
        var expected = new List<string> { "one" };
        for (var number = 2; number <= 6; number++)
        {
            expected.Add(number % 2 == 0 ? "other" : "one");
            await Events.AppendManyAsync(expected[^1], ExpectedVersion.Any, Numbered(1, number), Ct);
        }

        Assert.Equal(id + Places, await Database.ScalarAsync<long>("SELECT id FROM {streams} WHERE name = 'other'"));
        foreach (var pageSize in (int[])[1, 2, 100, 1])
        {
            Assert.Equal(expected, await NamesAsync(new() { PageSize = pageSize }));
            Assert.Equal(Enumerable.Reverse(expected), await NamesAsync(new() { PageSize = pageSize, Direction = ReadDirection.Backward }));
            Assert.Equal(["other", "other", "other"], await NamesAsync(new() { PageSize = pageSize, Filter = EventFilter.StreamPrefix("oth") }));
        }
    }

    [Fact]
    public async Task Another_life_of_the_store_has_other_names()
    {
        await Events.AppendManyAsync("before", ExpectedVersion.NoStream, Numbered(1), Ct);
        Assert.Equal(["before"], await NamesAsync());

        // As a database that was restored, in which the same id became another stream's.
        await Database.ExecuteAsync("""
            SET session_replication_role = replica;
            UPDATE eventstore.streams SET name = 'after' WHERE name = 'before';
            UPDATE eventstore.store_info SET epoch = gen_random_uuid();
            SET session_replication_role = origin
            """);
        Assert.Equal(["after"], await NamesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_removed_or_replaced_between_a_page_and_its_names_is_read_again(bool isRemoved)
    {
        await using var proxy = new FaultyProxy(Database.ConnectionString);
        await using var reading = Fixture.CreateStore(proxy.ConnectionString);
        await Events.AppendManyAsync("kept", ExpectedVersion.NoStream, Numbered(2), Ct);
        await Events.AppendManyAsync("gone", ExpectedVersion.NoStream, Numbered(2), Ct);
        proxy.Arm(MessageFault.Wait, "SELECT id, name FROM", struck: () => (isRemoved ? RemoveAsync() : ReplaceAsync()).Wait(Ct));

        var read = await ToListAsync(reading.Events.ReadAllAsync(cancellationToken: Ct));

        Assert.True(proxy.HasStruck);
        Assert.Equal(isRemoved ? ["kept", "kept"] : ["kept", "kept", "replaced", "replaced"], read.Select(@event => @event.StreamName.Value));
    }

    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder) => builder.Configure(options => options.AllowHardDelete = true);

    private Task RemoveAsync() => Events.Streams.HardDeleteAsync("gone", ExpectedVersion.Any, Ct);

    private Task<int> ReplaceAsync() => Database.ExecuteAsync("""
        SET session_replication_role = replica;
        UPDATE eventstore.streams SET name = 'replaced' WHERE name = 'gone';
        UPDATE eventstore.store_info SET epoch = gen_random_uuid();
        SET session_replication_role = origin
        """);

    private async Task<string[]> NamesAsync(ReadOptions? options = null)
        => [.. (await ToListAsync(Events.ReadAllAsync(options, Ct))).Select(@event => @event.StreamName.Value)];
}
