using EventStore.EF.TestDatabases;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.PostgreSQL.Tests.Faults;

/// <summary>Events that are to be parked while the store's connection breaks, and the projection's doesn't.</summary>
public sealed class ProjectionParkingTests(PostgreSqlFixture fixture) : ProjectionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task The_checkpoint_waits_for_earlier_events_that_could_not_be_parked_yet()
    {
        await using var proxy = new FaultyProxy(Database.ConnectionString);
        var application = NewApplication(options => options.MaxAttempts = 1, connectionString: proxy.ConnectionString);
        application.Recorder.OnHandling = (context, _)
            => context is { StreamName.Value: "bad" } ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        await application.Host.StartAsync(Ct);
        await Events.AppendManyAsync("bad", ExpectedVersion.NoStream, Numbered(1), Ct);
        await WaitForAsync(application, await Events.AppendManyAsync("good", ExpectedVersion.NoStream, Numbered(1), Ct));

        var passed = new List<long>();
        application.Points.OnPoint = async (point, _, _) =>
        {
            if (point is TransactionPoint.Committed)
                passed.Add(await Database.ScalarAsync<long>("SELECT count(*) FROM {events} e JOIN {streams} s ON s.id = e.stream_id "
                    + "WHERE s.name = 'bad' AND e.position <= (SELECT position FROM {subscriptions}) AND NOT EXISTS (SELECT 1 FROM {parked_events} p WHERE p.position = e.position)"));
        };
        proxy.Arm(MessageFault.CutBefore, "INSERT INTO eventstore.parked_events", times: 6);
        await Events.AppendManyAsync(
            [new StreamAppend("bad", ExpectedVersion.At(1), Numbered(1, first: 2)), new StreamAppend("good", ExpectedVersion.At(1), Numbered(3, first: 2))], Ct);
        await application.Points.WaitAsync(async () => await CountAsync("good") == 4, Ct);
        await application.Host.StopAsync(Ct);

        Assert.True(proxy.HasStruck);
        Assert.NotEmpty(passed);
        Assert.All(passed, count => Assert.Equal(0, count));
    }

    /// <inheritdoc/>
    protected override void UseContext(DbContextOptionsBuilder context, string connectionString) => base.UseContext(context, Database.ConnectionString);
}
