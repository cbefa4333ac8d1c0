namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>A stand-by doesn't see who holds a position on the primary, so it must not declare gaps dead.</summary>
public sealed class StandbyTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Behind_a_gap_it_refuses_to_read_all_events_and_says_where_to_read(bool isFiltered)
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on the search path");

        // A server that says of itself what a stand-by says.
        await Database.ExecuteAsync("CREATE SCHEMA standby; CREATE FUNCTION standby.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT true'");
        await using var standby = Fixture.CreateStore(
            $"{Database.ConnectionString};Search Path=\"standby,pg_catalog\"", builder => builder.Configure(options => options.MaxRetryAttempts = 0));
        var options = new ReadOptions { Filter = isFiltered ? EventFilter.StreamPrefix("order") : EventFilter.All };
        await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(2), Ct);
        if (!isFiltered)
            Assert.Equal(2, (await ToListAsync(standby.Events.ReadAllAsync(options, Ct))).Count);

        await Database.ScalarAsync<long>("SELECT nextval(pg_get_serial_sequence('eventstore.events', 'position'))");
        await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(1, 3), Ct);
        var refused = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => ToListAsync(standby.Events.ReadAllAsync(options, Ct)));
        Assert.Contains("Target Session Attributes=primary", refused.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await ToListAsync(Events.ReadAllAsync(options, Ct))).Count);
    }
}
