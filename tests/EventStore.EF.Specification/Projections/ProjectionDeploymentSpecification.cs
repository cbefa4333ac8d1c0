using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>Projections through a rolling deployment, and without their tables.</summary>
public abstract class ProjectionDeploymentSpecification(StoreFixture fixture) : ProjectionSuite(fixture)
{
    [Fact]
    public async Task A_renamed_event_takes_effect_once_through_the_build_that_knows_it()
    {
        var old = NewApplication<OrderTally>(configure: builder => builder.Services.AddSingleton(Builds.First));
        await old.Host.StartAsync(Ct);
        await WaitForAsync(old, await AppendAsync(old, new PlacedOrder(1)));
        var renewed = NewApplication<OrderTally>(configure: builder => builder.Services.AddSingleton(Builds.Renamed));
        await renewed.Host.StartAsync(Ct);
        await AppendAsync(renewed, new RenamedOrder(2));
        await WaitForAsync(renewed, await AppendAsync(old, new PlacedOrder(3)));

        // What the old build may have begun meanwhile was undone.
        Assert.Equal(3, await CountAsync("order-1"));
        Assert.Contains(2, renewed.Recorder.Positions);
    }

    [Theory]
    [InlineData("DROP TABLE tallies", "lacks table 'tallies'", TallyContext.Table)]
    [InlineData("ALTER TABLE tallies DROP COLUMN total", "lacks a column of 'tallies'", "ALTER TABLE tallies ADD COLUMN total bigint NOT NULL DEFAULT 0")]
    public async Task A_missing_table_or_column_is_waited_for_and_no_event_is_parked_for_it(string drop, string message, string add)
    {
        await Database.ExecuteAsync(drop);
        var application = NewApplication(options => options.MaxAttempts = 1);
        await application.Host.StartAsync(Ct);
        var appended = await application.Events.AppendManyAsync("stream-1", ExpectedVersion.NoStream, Numbered(3), Ct);

        // Logged when it is told.
        await application.Store.Log.WaitForAsync(line => line.Message.Contains(message, StringComparison.Ordinal), Ct);
        var info = await application.Events.Subscriptions.FindAsync(Projection, cancellationToken: Ct);
        Assert.Contains(message, info!.LastError, StringComparison.Ordinal);
        Assert.Equal(0, info.ParkedCount);

        await Database.ExecuteAsync(add);
        await WaitForAsync(application, appended);
        Assert.Equal(3, await CountAsync("stream-1"));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
    }

    private static async Task<AppendResult> AppendAsync(Application application, object data)
        => await application.Events.AppendManyAsync("order-1", ExpectedVersion.Any, [new NewEvent(data)], Ct);
}
