using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>The base of the suites about rolling deployments: processes of several builds on one database.</summary>
public abstract class DeploymentSuite(StoreFixture fixture) : RunningSuite(fixture)
{
    /// <summary>The stream of most tests.</summary>
    protected const string Order = "order-1";

    /// <summary>A process of one build.</summary>
    protected sealed record Instance(TestStore Process, Recorder Recorder)
    {
        /// <summary>The store.</summary>
        public IEventStore Events => Process.Events;

        /// <summary>Appends an event.</summary>
        public async Task<long> AppendAsync(object data, string stream = Order)
            => (await Events.AppendManyAsync(stream, ExpectedVersion.Any, [new NewEvent(data)], Ct)).LastPosition;
    }

    /// <summary>A process of this build, not started.</summary>
    protected Instance NewInstance(EventCatalog build, Action<SubscriberOptions>? options = null, Action<EventStoreBuilder>? configure = null)
    {
        var recorder = new Recorder();
        return new(Process(builder =>
        {
            builder.Services.AddSingleton(build);
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<OrderHandler>(Name, subscription =>
            {
                subscription.RetryDelay = TimeSpan.FromMilliseconds(1);
                subscription.CheckpointEvery = 1;
                options?.Invoke(subscription);
            });
            configure?.Invoke(builder);
        }), recorder);
    }

    /// <summary>A process of this build, started.</summary>
    protected async Task<Instance> StartAsync(EventCatalog build, Action<SubscriberOptions>? options = null, Action<EventStoreBuilder>? configure = null)
    {
        var instance = NewInstance(build, options, configure);
        await instance.Process.Host.StartAsync(Ct);
        return instance;
    }

    /// <summary>Ends a process.</summary>
    protected Task EndAsync(Instance instance) => EndAsync(instance.Process);

    /// <summary>What is known of the subscription.</summary>
    protected async Task<SubscriptionInfo> InfoAsync() => (await Events.Subscriptions.FindAsync(Name, cancellationToken: Ct))!;

    /// <summary>Waits until the subscription says that it stands still at a position.</summary>
    protected async Task<SubscriptionInfo> StandsStillAtAsync(long position)
    {
        await UntilAsync(async () => (await InfoAsync()).LastError?.StartsWith($"Event {position} ", StringComparison.Ordinal) == true);
        var info = await InfoAsync();
        Assert.Equal(SubscriptionStatus.Failing, info.Status);
        Assert.True(info.Position < position);
        Assert.Equal(0, info.ParkedCount);
        return info;
    }
}
