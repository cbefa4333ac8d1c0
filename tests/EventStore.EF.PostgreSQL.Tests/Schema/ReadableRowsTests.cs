using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Schema;

/// <summary>Rows that no program could read, or no append follow, are refused, whoever writes them.</summary>
public sealed class ReadableRowsTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData("INSERT INTO {events} (stream_id, version, event_id, type, data, created_at) SELECT id, 2, gen_random_uuid(), 'x', '{}', 'infinity' FROM {streams}")]
    [InlineData("INSERT INTO {events} (stream_id, version, event_id, type, data, created_at) SELECT id, 2, gen_random_uuid(), 'x', '{}', '10000-01-01' FROM {streams}")]
    [InlineData("INSERT INTO {events} (stream_id, version, event_id, type, data, created_at) SELECT id, 2, gen_random_uuid(), 'x', '{}', '0001-01-01 BC' FROM {streams}")]
    [InlineData("UPDATE {streams} SET last_activity_at = '-infinity'")]
    [InlineData("UPDATE {streams} SET version = 9223372036854775807")]
    [InlineData("UPDATE {streams} SET version = -1")]
    [InlineData("INSERT INTO {subscriptions} (name, stream, partition, position, lease_expires_at) VALUES ('s', '$all', 0, 0, 'infinity')")]
    public async Task A_row_that_nobody_could_read_or_follow_is_refused(string sql)
    {
        await Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Database.ExecuteAsync(sql));
        Assert.Equal((PostgresErrorCodes.CheckViolation, true), (refused.SqlState, refused.ConstraintName!.EndsWith("_are_readable", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_earliest_and_the_latest_time_are_stored()
    {
        DateTimeOffset[] times = [DateTimeOffset.MinValue, DateTimeOffset.MaxValue];
        foreach (var (time, index) in times.Select((time, index) => (time, index)))
            await Events.AppendManyAsync([new($"order-{index}", ExpectedVersion.NoStream, Numbered(1)) { CreatedAt = time }], Ct);

        var read = await ReadAllAsync();
        Assert.Equal([times[0].Ticks, times[1].Ticks / 10 * 10], read.Select(@event => @event.CreatedAt.UtcTicks));
    }
}
