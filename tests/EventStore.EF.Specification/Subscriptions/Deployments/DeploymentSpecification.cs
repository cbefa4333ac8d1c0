using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>
/// What a subscription handles is stored with it: through a rolling deployment no event that any build handles is passed over, whatever the
/// owner's build knows.
/// </summary>
public abstract class DeploymentSpecification(StoreFixture fixture) : DeploymentSuite(fixture)
{
    [Fact]
    public async Task An_owner_that_does_not_know_a_renamed_event_gives_way_at_once_to_a_build_that_does()
    {
        var old = await StartAsync(Builds.First);
        var first = await old.AppendAsync(new PlacedOrder(1));
        await CheckpointReachesAsync(first);

        var renewed = await StartAsync(Builds.Renamed);
        var second = await renewed.AppendAsync(new RenamedOrder(2));
        await renewed.Recorder.WaitForAsync(1, Ct);
        var third = await old.AppendAsync(new PlacedOrder(3));
        await CheckpointReachesAsync(third);

        Assert.Equal([first], old.Recorder.Positions);
        Assert.Equal([second, third], renewed.Recorder.Positions);
        Assert.Equal(["order-placed", "order-renamed"], (await InfoAsync()).Handles);
    }

    [Fact]
    public async Task What_is_appended_as_soon_as_a_new_build_has_started_is_handled_in_its_order()
    {
        var old = await StartAsync(Builds.First);
        await CheckpointReachesAsync(await old.AppendAsync(new PlacedOrder(1)));

        var renewed = await StartAsync(Builds.Renamed);
        var second = await renewed.AppendAsync(new RenamedOrder(2));
        var third = await old.AppendAsync(new PlacedOrder(3));
        await CheckpointReachesAsync(third);

        Assert.Single(old.Recorder.Positions);
        Assert.Equal([second, third], renewed.Recorder.Positions);
    }

    [Fact]
    public async Task What_a_hosted_service_that_starts_before_the_store_s_appends_is_not_passed_by_an_old_build()
    {
        var old = await StartAsync(Builds.First);
        await CheckpointReachesAsync(await old.AppendAsync(new PlacedOrder(1)));
        var renamed = 0L;
        var renewed = await StartAsync(Builds.Renamed, null, builder => builder.Services.AddHostedService(services => new Early(async () =>
        {
            var events = services.GetRequiredService<IEventStore>();
            object order = new RenamedOrder(2);
            renamed = (await events.AppendManyAsync(Order, ExpectedVersion.Any, [new NewEvent(order)], Ct)).LastPosition;

            // Enough for an owner that passes it.
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Ct);
        })));
        var third = await old.AppendAsync(new PlacedOrder(3));
        await CheckpointReachesAsync(third);

        Assert.Equal([renamed, third], renewed.Recorder.Positions);
    }

    [Fact]
    public async Task An_event_of_a_handler_that_only_the_new_build_has_is_handled_once_when_the_old_build_stops()
    {
        var old = await StartAsync(Builds.First);
        await CheckpointReachesAsync(await old.AppendAsync(new PlacedOrder(1)));
        var renewed = await StartAsync(Builds.OneHandlerMore);
        var shipped = await old.AppendAsync(new ShippedOrder(1));
        await EndAsync(old);
        await CheckpointReachesAsync(shipped);
        Assert.Equal([shipped], renewed.Recorder.Positions);
    }

    [Fact]
    public async Task Nothing_is_passed_over_through_a_rollback_a_restart_of_the_old_build_and_a_second_rollout()
    {
        var old = await StartAsync(Builds.First);
        await CheckpointReachesAsync(await old.AppendAsync(new PlacedOrder(1)));
        var renewed = NewInstance(Builds.Renamed);
        renewed.Recorder.OnHandling = (_, ct) => new TaskCompletionSource().Task.WaitAsync(ct);
        await renewed.Process.Host.StartAsync(Ct);
        var second = await renewed.AppendAsync(new RenamedOrder(2));

        // The rollback: nobody is left who knows the event.
        await EndAsync(renewed);
        await StandsStillAtAsync(second);
        var third = await old.AppendAsync(new PlacedOrder(3));
        await EndAsync(old);
        old = await StartAsync(Builds.First);
        await old.Process.Log.WaitForAsync(IsAboutRenamed, Ct);
        var info = await StandsStillAtAsync(second);
        Assert.Equal(["order-placed", "order-renamed"], info.Handles);
        Assert.False(Assert.Single(info.Partitions).IsCovered);
        Assert.Empty(old.Recorder.Positions);
        Assert.Single(old.Process.Log.Lines, IsAboutRenamed);

        var again = await StartAsync(Builds.Renamed);
        await CheckpointReachesAsync(third);
        Assert.Equal([second, third], again.Recorder.Positions);
        Assert.Empty(old.Recorder.Positions);
        Assert.Equal(SubscriptionStatus.Running, (await InfoAsync()).Status);
    }

    [Fact]
    public async Task An_old_instance_that_starts_during_the_rollout_takes_nothing_and_shrinks_nothing()
    {
        var renewed = await StartAsync(Builds.Renamed, Partitioned);
        await UntilAsync(async () => (await InfoAsync()).Partitions.All(partition => partition.Owner is not null));
        var owners = (await InfoAsync()).Partitions.Select(partition => (partition.Owner, partition.Epoch)).ToArray();
        var old = await StartAsync(Builds.First, Partitioned);
        await old.Process.Log.WaitForAsync(line => line.Message.Contains("stands by", StringComparison.Ordinal), Ct);
        for (var number = 1; number <= 20; number++)
            await renewed.AppendAsync(new RenamedOrder(number), $"order-{number}");

        await renewed.Recorder.WaitForAsync(20, Ct);
        Assert.Equal(owners, (await InfoAsync()).Partitions.Select(partition => (partition.Owner, partition.Epoch)));
        Assert.Empty(old.Recorder.Positions);
        Assert.Contains("order-renamed", (await InfoAsync()).Handles!);
    }

    [Fact]
    public async Task Every_partition_moves_to_the_build_that_handles_everything()
    {
        var old = await StartAsync(Builds.First, Partitioned);
        for (var number = 1; number <= 20; number++)
            await old.AppendAsync(new PlacedOrder(number), $"order-{number}");

        await old.Recorder.WaitForAsync(20, Ct);
        var renewed = await StartAsync(Builds.Renamed, Partitioned);
        long last = 0;
        for (var number = 1; number <= 20; number++)
            last = await renewed.AppendAsync(new RenamedOrder(number), $"order-{number}");

        await CheckpointReachesAsync(last);
        Assert.Equal(20, renewed.Recorder.Positions.Count(position => position > last - 20));
        Assert.DoesNotContain(old.Recorder.Positions, position => position > last - 20);
        Assert.All((await InfoAsync()).Partitions, partition => Assert.True(partition.IsCovered));
    }

    [Fact]
    public async Task An_event_whose_handler_was_removed_is_waited_for_until_its_name_is_retired()
    {
        await EndAsync(await StartAsync(Builds.OneHandlerMore));
        var without = await StartAsync(Builds.First);
        var shipped = await without.AppendAsync(new ShippedOrder(1));
        await StandsStillAtAsync(shipped);
        await EndAsync(without);

        var retired = await StartAsync(Builds.First, options => options.Retired = ["order-shipped"]);
        var placed = await retired.AppendAsync(new PlacedOrder(2));
        await CheckpointReachesAsync(placed);
        Assert.Equal([placed], retired.Recorder.Positions);
        Assert.Equal(["order-placed"], (await InfoAsync()).Handles);
    }

    [Fact]
    public async Task An_event_whose_handler_was_removed_is_waited_for_until_somebody_accepts_what_the_owner_handles()
    {
        await EndAsync(await StartAsync(Builds.OneHandlerMore));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Events.Subscriptions.AcceptDefinitionAsync(Name, cancellationToken: Ct));
        await Assert.ThrowsAsync<SubscriptionNotFoundException>(() => Events.Subscriptions.AcceptDefinitionAsync("nobody", cancellationToken: Ct));
        var without = await StartAsync(Builds.First);
        var shipped = await without.AppendAsync(new ShippedOrder(1));
        await StandsStillAtAsync(shipped);

        Assert.Equal(["order-shipped"], await Events.Subscriptions.AcceptDefinitionAsync(Name, cancellationToken: Ct));
        var placed = await without.AppendAsync(new PlacedOrder(2));
        await CheckpointReachesAsync(placed);
        Assert.Equal([placed], without.Recorder.Positions);
        Assert.Empty(await Events.Subscriptions.AcceptDefinitionAsync(Name, cancellationToken: Ct));
    }

    [Fact]
    public async Task A_name_that_the_class_still_handles_can_not_be_retired()
    {
        var instance = NewInstance(Builds.First, options => options.Retired = ["order-placed"]);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => instance.Process.Host.StartAsync(Ct));
        Assert.Contains("order-placed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_only_the_new_build_reads_is_left_to_it()
    {
        var old = await StartAsync(Builds.First);
        await CheckpointReachesAsync(await old.AppendAsync(new PlacedOrder(1)));
        var renewed = await StartAsync(Builds.SecondVersion);
        var second = await renewed.AppendAsync(new RenamedOrder(2));
        await CheckpointReachesAsync(second);
        Assert.Equal([second], renewed.Recorder.Positions);
        Assert.Single(old.Recorder.Positions);
    }

    [Fact]
    public async Task A_version_that_no_running_build_reads_is_waited_for_and_never_parked()
    {
        var appending = Process(builder => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(builder.Services, Builds.SecondVersion));
        var old = await StartAsync(Builds.First, options => options.MaxAttempts = 1);
        var first = await old.AppendAsync(new PlacedOrder(1));
        object renamed = new RenamedOrder(2);
        var second = (await appending.Events.AppendManyAsync(Order, ExpectedVersion.Any, [new NewEvent(renamed)], Ct)).LastPosition;
        await CheckpointReachesAsync(first);
        var info = await StandsStillAtAsync(second);
        Assert.Equal(first, info.Position);
        Assert.Contains("version 2", info.LastError, StringComparison.Ordinal);

        var renewed = await StartAsync(Builds.SecondVersion);
        await CheckpointReachesAsync(second);
        Assert.Equal([second], renewed.Recorder.Positions);
    }

    [Fact]
    public async Task A_subscription_to_one_stream_is_left_to_the_build_that_handles_everything_too()
    {
        var old = await StartAsync(Builds.First, options => options.Stream = Order);
        await old.AppendAsync(new PlacedOrder(1));
        await CheckpointReachesAsync(1);
        var renewed = await StartAsync(Builds.Renamed, options => options.Stream = Order);
        var second = await renewed.AppendAsync(new RenamedOrder(2));
        await old.AppendAsync(new PlacedOrder(3));
        await CheckpointReachesAsync(3);
        Assert.Equal(2, renewed.Recorder.Positions.Length);
        Assert.Equal(second, renewed.Recorder.Positions[0]);
    }

    [Fact]
    public async Task Who_reads_batches_may_not_pass_over_what_a_class_of_handlers_handles()
    {
        await EndAsync(await StartAsync(Builds.OneHandlerMore));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Events.SubscribeAsync(Name, new() { Filter = EventFilter.Types("order-placed") }, Ct));
        Assert.Contains("'order-shipped'", refused.Message, StringComparison.Ordinal);
        await using var all = await Events.SubscribeAsync(Name, cancellationToken: Ct);
    }

    private static bool IsAboutRenamed(TestLogLine line) => line.Level is LogLevel.Error && line.Message.Contains("order-renamed", StringComparison.Ordinal);

    private static void Partitioned(SubscriptionOptions options) => options.Partitions = 4;
}

/// <summary>A hosted service of the application, which does something when it starts.</summary>
internal sealed class Early(Func<Task> start) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => start();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
