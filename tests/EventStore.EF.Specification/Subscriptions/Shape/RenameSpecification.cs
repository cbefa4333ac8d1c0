using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>A subscription gets another name, and keeps what it has.</summary>
public abstract class RenameSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private static readonly SubscriptionName New = "invoices";

    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Fact]
    public async Task A_renamed_subscription_goes_on_from_its_checkpoint_with_what_it_has_parked()
    {
        await AppendAsync("order-1", 5);
        await AppendAsync("order-2", 1);
        var host = await HostAsync(
            new()
            {
                OnHandling = (context, _) => context.StreamName == "order-2"
                    ? Task.FromException(new InvalidOperationException("Parked."))
                    : Task.CompletedTask,
            },
            options => (options.Partitions, options.MaxAttempts) = (2, 1));
        await CheckpointReachesAsync((await ReadAllAsync())[^1].Position);
        await EndAsync(host);
        await Administration.RenameAsync(Name, New, cancellationToken: Ct);

        Assert.Null(await Administration.FindAsync(Name, cancellationToken: Ct));
        var info = (await Administration.FindAsync(New, cancellationToken: Ct))!;
        Assert.Equal((2, 1, 0), (info.Partitions.Count, info.ParkedCount, info.LagEvents));
        await AppendAsync("order-1", 1, 6);
        await using var subscription = await Events.SubscribeAsync(New, new() { Partitions = 2 }, Ct);
        Assert.Equal([6], (await subscription.HandleAsync(1)).Numbers());
    }

    [Fact]
    public async Task Consumers_under_the_old_name_end_with_the_new_one_and_don_t_make_the_old_one_again()
    {
        await AppendAsync("order-1", 3);
        await using var subscription = await Process().Events.SubscribeAsync(Name, new() { BatchSize = 1 }, Ct);
        await using var standby = await Process().Events.SubscribeAsync(Name, new() { StandBy = true }, Ct);
        var batch = await subscription.NextAsync();
        await Administration.RenameAsync(Name, New, cancellationToken: Ct);

        foreach (var consumer in (IEventSubscription[])[subscription, standby])
        {
            var ended = await consumer.EndsWithAsync<SubscriptionRenamedException>();
            Assert.Equal((Name, New), (ended.Name, ended.NewName));
        }

        await Assert.ThrowsAsync<SubscriptionRenamedException>(async () => await subscription.AckAsync(batch, Ct));
        Assert.Equal(1, await Database.ScalarAsync<int>("SELECT count(*) FROM {subscriptions}"));
        await using var next = await Events.SubscribeAsync(New, null, Ct);
        Assert.Equal([1, 2, 3], (await next.HandleAsync(3)).Numbers());
    }

    [Fact]
    public async Task A_hosted_class_under_the_old_name_ends_and_says_so_once()
    {
        var recorder = new Recorder();
        TestStore[] hosts =
        [
            await HostAsync(recorder, options => options.Partitions = 3),
            await HostAsync(recorder, options => options.Partitions = 3),
        ];
        await AppendAsync("order-1", 3);
        await recorder.WaitForAsync(3, Ct);
        await Administration.RenameAsync(Name, New, cancellationToken: Ct);
        foreach (var host in hosts)
        {
            await host.Log.WaitForAsync(line => line.Message.Contains($"'{Name}' was renamed to '{New}'", StringComparison.Ordinal), Ct);
            Assert.Single(host.Log.Lines, line => line.Level > LogLevel.Information);
        }

        Assert.Null(await Administration.FindAsync(Name, cancellationToken: Ct));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_and_changes_nothing()
    {
        await using var subscription = await Events.SubscribeAsync(Name, null, Ct);
        await using (await Events.SubscribeAsync(New, null, Ct))
        {
        }

        var refused = await Assert.ThrowsAsync<SubscriptionExistsException>(() => Administration.RenameAsync(Name, New, cancellationToken: Ct));
        Assert.Equal((New, null), (refused.Name, refused.Stream));
        await Assert.ThrowsAsync<SubscriptionExistsException>(() => Administration.RenameAsync(Name, Name, cancellationToken: Ct));
        await AppendAsync("order-1", 1);
        Assert.Single(await subscription.HandleAsync(1));
    }

    [Fact]
    public async Task Of_several_that_want_one_name_at_once_one_gets_it()
    {
        for (var index = 0; index < 4; index++)
            await using (await Events.SubscribeAsync($"from-{index}", null, Ct))
            {
            }

        var results = await AtOnceAsync(5, async index =>
        {
            if (index < 4)
                await Administration.RenameAsync($"from-{index}", New, cancellationToken: Ct);
            else
                await using (await Events.SubscribeAsync(New, null, Ct))
                {
                }

            return true;
        });
        var refused = results.Where(result => result.Exception is not null).Select(result => result.Exception);
        Assert.All(refused, exception => Assert.IsType<SubscriptionExistsException>(exception));
        Assert.InRange(results.Take(4).Count(result => result.Exception is null), 0, 1);
        Assert.Equal(1, await Database.ScalarAsync<int>($"SELECT count(*) FROM {{subscriptions}} WHERE name = '{New}'"));
    }

    [Fact]
    public async Task A_subscription_of_one_stream_is_another_one_and_what_is_missing_is_told()
    {
        await using (await Events.SubscribeAsync(Name, new() { Stream = "order-1" }, Ct))
        await using (await Events.SubscribeAsync(New, null, Ct))
        {
        }

        await Assert.ThrowsAsync<SubscriptionNotFoundException>(() => Administration.RenameAsync(Name, New, cancellationToken: Ct));
        await Administration.RenameAsync(Name, New, "order-1", Ct);
        Assert.NotNull(await Administration.FindAsync(New, "order-1", Ct));
        Assert.NotNull(await Administration.FindAsync(New, cancellationToken: Ct));
    }
}
