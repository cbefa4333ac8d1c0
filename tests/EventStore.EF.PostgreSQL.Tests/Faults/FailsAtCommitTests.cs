namespace EventStore.EF.PostgreSQL.Tests.Faults;

/// <summary>
/// The server sends an answer's rows before it commits, and may still fail: success is reported only after that. Here commits last, in a deferred
/// trigger, so that a cancellation or a time-out meets them every time.
/// </summary>
public sealed class FailsAtCommitTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData("append")]
    [InlineData("append of several")]
    [InlineData("append to two streams")]
    [InlineData("link")]
    [InlineData("remove")]
    public async Task What_is_cancelled_while_it_commits_is_not_acknowledged(string operation)
    {
        var first = await Events.AppendManyAsync("source", ExpectedVersion.NoStream, Numbered(1), Ct);
        Assert.Equal(1, first.StreamVersion);
        var id = (await ReadAllAsync())[0].EventId;
        await using var removing = Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowHardDelete = true));
        await SlowDownCommitsAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromMilliseconds(500));
        Task Run(CancellationToken ct) => operation switch
        {
            "append" => Events.AppendManyAsync("numbers", ExpectedVersion.Any, Numbered(1), ct),
            "append of several" => Events.AppendManyAsync("numbers", ExpectedVersion.Any, Numbered(3), ct),
            "append to two streams" => Events.AppendManyAsync([new("numbers", ExpectedVersion.Any, Numbered(1)), new("others", ExpectedVersion.Any, Numbered(1))], ct),
            "link" => Events.LinkAsync("numbers", ExpectedVersion.Any, [id], ct),
            _ => removing.Events.Streams.HardDeleteAsync("source", ExpectedVersion.Any, ct),
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(patience.Token));
        Assert.Equal(["source"], (await ReadAllAsync()).Select(@event => @event.StreamName.Value));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM eventstore.streams WHERE name = 'numbers'"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task What_times_out_while_it_commits_is_not_acknowledged(int callers)
    {
        await using var store = Fixture.CreateStore(
            $"{Database.ConnectionString};Command Timeout=1", builder => builder.Configure(options => options.MaxRetryAttempts = 0));
        await store.Events.AppendManyAsync("source", ExpectedVersion.NoStream, Numbered(1), Ct);
        await SlowDownCommitsAsync();

        var appends = Enumerable.Range(1, callers).Select(number => store.Events.AppendManyAsync($"stream-{number}", ExpectedVersion.Any, Numbered(1), Ct)).ToArray();
        foreach (var append in appends)
            await Assert.ThrowsAnyAsync<EventStoreException>(() => append);

        Assert.Single(await ReadAllAsync());
    }

    private Task<int> SlowDownCommitsAsync() => Database.ExecuteAsync("""
        CREATE FUNCTION public.commit_slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(10); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER slow AFTER INSERT OR DELETE ON eventstore.streams DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.commit_slowly()
        """);
}
