using System.Diagnostics;

namespace EventStore.EF.Specification;

/// <summary>
/// The base of the suites about steering from one process what runs in another. Leases and polling intervals are as long as an hour, so nothing
/// is obeyed because of them.
/// </summary>
public abstract class SteeringSuite(StoreFixture fixture) : RunningSuite(fixture)
{
    /// <summary>A second by promise; the rest is for a busy machine.</summary>
    protected static TimeSpan Soon { get; } = TimeSpan.FromSeconds(4);

    /// <summary>That of the process that steers.</summary>
    protected ISubscriptionAdministration Administration => Events.Subscriptions;

    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder)
    {
        base.Configure(builder);
        builder.Configure(options => options.LeaseDuration = TimeSpan.FromHours(1));
    }

    /// <summary>Pauses, and returns when the owner's process knows it: it looks at all that it has in one statement.</summary>
    protected async Task PauseAsync(TestStore owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        await using var told = await owner.Events.SubscribeAsync("told", null, Ct);
        await Administration.PauseAsync(Name, cancellationToken: Ct);
        await Administration.PauseAsync("told", cancellationToken: Ct);
        await UntilAsync(() => told.Status is EventSubscriptionStatus.Paused);
    }

    /// <summary>The store of another process.</summary>
    protected IEventStore Owner() => Process().Events;

    /// <summary>Waits until nobody owns the subscription.</summary>
    protected Task GivenBackAsync() => UntilAsync(
        async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE name = 'orders' AND owner IS NOT NULL") == 0);

    /// <summary>Fails when something takes longer than this.</summary>
    protected static async Task WithinAsync(TimeSpan time, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var began = Stopwatch.GetTimestamp();
        await work();
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, time);
    }
}
