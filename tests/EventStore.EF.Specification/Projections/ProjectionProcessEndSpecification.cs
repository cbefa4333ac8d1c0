namespace EventStore.EF.Specification;

/// <summary>Projections that end their process: the row is as the killed process leaves it.</summary>
public abstract class ProjectionProcessEndSpecification(StoreFixture fixture) : ProjectionSuite(fixture)
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task An_event_that_was_alone_at_so_many_ends_is_parked_without_being_applied_and_every_other_one_takes_effect_once(int ends, int applied)
    {
        var first = NewApplication();
        await first.Host.StartAsync(Ct);
        await WaitForAsync(first, await first.Events.AppendManyAsync("good-1", ExpectedVersion.Any, Numbered(3), Ct));
        await first.Host.StopAsync(Ct);
        var bad = await first.Events.AppendManyAsync("bad", ExpectedVersion.Any, Numbered(1), Ct);
        var last = await first.Events.AppendManyAsync("good-2", ExpectedVersion.Any, Numbered(3), Ct);
        await Database.ExecuteAsync($"""
            UPDATE {"{subscriptions}"} SET owner = 'killed', epoch = epoch + 1, lease_expires_at = '2001-01-01 00:00:00.000',
                is_suspected = (1 = 1), suspect_place = {bad.FirstPosition}, process_ends = '{bad.FirstPosition}:{ends - 1} 1:1'
            """);

        var application = NewApplication(options => options.MaxAttempts = 2);
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, last);

        Assert.Equal((3, applied, 3), (await CountAsync("good-1"), await CountAsync("bad"), await CountAsync("good-2")));
        var parked = await application.Events.Subscriptions.ListParkedAsync(Projection, cancellationToken: Ct).ToListAsync(Ct);
        Assert.Equal(1 - applied, parked.Count);
        Assert.All(parked, row => Assert.Contains("ended 2 times", row.Error, StringComparison.Ordinal));
    }
}
