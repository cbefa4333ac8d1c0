using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>A stored type that no registered type reads is never passed over in silence, unless it is declared to be another application's.</summary>
public abstract class UnknownEventSpecification(StoreFixture fixture) : DeploymentSuite(fixture)
{
    private const string Unknown = "crm-noted";

    [Fact]
    public async Task An_event_of_an_unknown_type_is_passed_over_and_each_type_is_logged_once()
    {
        var instance = await StartAsync(Builds.First);
        var first = await instance.AppendAsync(new PlacedOrder(1));
        await InsertUnknownAsync();
        await CheckpointReachesAsync(await instance.AppendAsync(new PlacedOrder(2)));
        await InsertUnknownAsync();
        var last = await instance.AppendAsync(new PlacedOrder(3));
        await CheckpointReachesAsync(last);

        Assert.Equal(3, instance.Recorder.Positions.Length);
        Assert.Equal(first, instance.Recorder.Positions[0]);
        Assert.Equal(LogLevel.Information, Assert.Single(instance.Process.Log.Lines, IsAboutUnknown).Level);
    }

    [Fact]
    public async Task An_event_of_an_unknown_type_that_was_there_before_the_start_is_told_too()
    {
        var instance = NewInstance(Builds.First);
        await instance.AppendAsync(new PlacedOrder(1));
        await InsertUnknownAsync();
        var last = await instance.AppendAsync(new PlacedOrder(2));
        await instance.Process.Host.StartAsync(Ct);
        await CheckpointReachesAsync(last);
        Assert.Single(instance.Process.Log.Lines, IsAboutUnknown);
        Assert.Equal(2, instance.Recorder.Positions.Length);
    }

    [Fact]
    public async Task A_class_that_handles_every_event_warns_of_a_type_that_it_can_not_read()
    {
        var instance = await StartAsync(Builds.Everything);
        await instance.AppendAsync(new PlacedOrder(1));
        await InsertUnknownAsync();
        await CheckpointReachesAsync(await instance.AppendAsync(new PlacedOrder(2)));
        Assert.Equal(LogLevel.Warning, Assert.Single(instance.Process.Log.Lines, IsAboutUnknown).Level);
    }

    [Fact]
    public async Task A_subscription_told_to_stop_at_unknown_types_stands_still_until_the_type_is_declared_foreign()
    {
        var instance = await StartAsync(Builds.First, options => options.UnknownEvents = UnknownEventHandling.Stop);
        var first = await instance.AppendAsync(new PlacedOrder(1));
        await InsertUnknownAsync();
        var last = await instance.AppendAsync(new PlacedOrder(2));
        await CheckpointReachesAsync(first);
        Assert.Equal(first, (await StandsStillAtAsync(first + 1)).Position);
        await EndAsync(instance);

        var told = await StartAsync(Builds.First, options => options.UnknownEvents = UnknownEventHandling.Stop, builder => builder.ForeignEvents("crm-*"));
        await CheckpointReachesAsync(last);
        Assert.Equal([last], told.Recorder.Positions);
    }

    [Fact]
    public async Task Names_and_prefixes_declared_foreign_are_silent()
    {
        foreach (var pattern in (string[])["crm-*", Unknown])
        {
            var instance = await StartAsync(Builds.Everything, null, builder => builder.ForeignEvents(pattern));
            await instance.AppendAsync(new PlacedOrder(1));
            await InsertUnknownAsync();
            await CheckpointReachesAsync(await instance.AppendAsync(new PlacedOrder(2)));
            Assert.DoesNotContain(instance.Process.Log.Lines, IsAboutUnknown);
            await EndAsync(instance);
        }
    }

    private Task InsertUnknownAsync() => Database.InsertEventAsync(Order, Unknown, "{}");

    private static bool IsAboutUnknown(TestLogLine line) => line.Message.Contains($"'{Unknown}'", StringComparison.Ordinal);
}
