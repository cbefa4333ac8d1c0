using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>What a process lacks is no fault of the event: the event is waited with, never parked, and left to a process that has it.</summary>
public abstract class ProcessFaultSpecification(StoreFixture fixture) : DeploymentSuite(fixture)
{
    [Fact]
    public async Task A_missing_dependency_of_a_handler_fails_the_start_by_its_name()
    {
        var process = Process(builder => builder.AddSubscriber<NumberedHandler>(Name));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => process.Host.StartAsync(Ct));
        Assert.Contains(typeof(Recorder).FullName!, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"'{Name}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_that_accepts_nothing_that_the_class_handles_fails_the_start_and_names_both()
    {
        var instance = NewInstance(Builds.First, options => options.Filter = EventFilter.Types("ordr-placed"));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => instance.Process.Host.StartAsync(Ct));
        Assert.Contains("'ordr-placed'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'order-placed'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dependency_that_fails_later_is_waited_for_and_the_event_is_not_parked()
    {
        var isBroken = false;
        var instance = await StartAsync(Builds.First, options => options.MaxAttempts = 1, builder => builder.Services.AddTransient(services =>
            isBroken ? throw new InvalidOperationException("no licence") : new OrderHandler(services.GetRequiredService<Recorder>())));
        isBroken = true;
        var placed = await instance.AppendAsync(new PlacedOrder(1));
        await UntilAsync(async () => (await InfoAsync()).LastError?.Contains("no licence", StringComparison.Ordinal) == true);
        Assert.Equal(0, (await InfoAsync()).ParkedCount);

        isBroken = false;
        await CheckpointReachesAsync(placed);
        Assert.Equal([placed], instance.Recorder.Positions);
        Assert.Equal(1, instance.Recorder.Handled[0].Attempt);
    }

    [Fact]
    public async Task A_constructor_that_throws_what_can_not_be_read_is_waited_for_too()
    {
        var isBroken = false;
        var instance = await StartAsync(Builds.First, options => options.MaxAttempts = 1, builder => builder.Services.AddTransient(services =>
            isBroken ? throw new UnreadableException() : new OrderHandler(services.GetRequiredService<Recorder>())));
        isBroken = true;
        var placed = await instance.AppendAsync(new PlacedOrder(1));
        await UntilAsync(async () => (await InfoAsync()).LastError?.Contains("its message can't be read", StringComparison.Ordinal) == true);
        Assert.Equal(0, (await InfoAsync()).ParkedCount);

        isBroken = false;
        await CheckpointReachesAsync(placed);
        Assert.Equal([placed], instance.Recorder.Positions);
    }

    [Fact]
    public async Task A_process_that_can_not_make_its_handlers_gives_way_to_one_that_can()
    {
        var isBroken = false;
        var broken = await StartAsync(Builds.First, null, builder => builder.Services.AddTransient(services =>
            isBroken ? throw new InvalidOperationException("no licence") : new OrderHandler(services.GetRequiredService<Recorder>())));
        await CheckpointReachesAsync(await broken.AppendAsync(new PlacedOrder(1)));
        isBroken = true;
        var whole = await StartAsync(Builds.First);
        var placed = await broken.AppendAsync(new PlacedOrder(2));
        await CheckpointReachesAsync(placed);
        Assert.Equal([placed], whole.Recorder.Positions);
    }
}

/// <summary>An exception whose message throws.</summary>
internal sealed class UnreadableException : Exception
{
    public override string Message => throw new InvalidOperationException("Nobody may know.");
}
