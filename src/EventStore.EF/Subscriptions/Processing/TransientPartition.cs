using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Sources;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// Runs the single partition of a transient subscription: delivers as long as it has a consumer, and stores nothing in the database.
/// </summary>
internal sealed class TransientPartition : ISubscriptionPartition
{
    private readonly SubscriptionDefinition _subscription;
    private readonly SubscriptionServices _services;
    private readonly Lock _lock = new();
    private readonly List<Consumer> _consumers = [];

    /// <param name="subscription">The subscription.</param>
    /// <param name="services">What all subscriptions share.</param>
    /// <param name="place">The position after which it starts.</param>
    /// <param name="streamId">The stream whose numbers are counted.</param>
    public TransientPartition(SubscriptionDefinition subscription, SubscriptionServices services, long place, long? streamId)
    {
        _subscription = subscription;
        _services = services;
        Processor = Begin(place, streamId);
    }

    public event Action? Activated
    {
        add { }
        remove { }
    }

    public EventSubscriptionStatus Status => Processor.Status;

    public bool IsActive => true;

    public PartitionProcessor Processor { get; private set; }

    PartitionProcessor? ISubscriptionPartition.Processor => Processor;

    public void Add(Consumer consumer)
    {
        lock (_lock)
        {
            _consumers.Add(consumer);
            Processor.Dispatcher.Add(consumer);
        }
    }

    public void Remove(Consumer consumer)
    {
        lock (_lock)
        {
            _consumers.Remove(consumer);
            Processor.Remove(consumer);
        }
    }

    /// <summary>Runs until cancelled, or until the stream that it reads is deleted.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                try
                {
                    await Processor.RunAsync(ct).ConfigureAwait(false);
                }
                catch (StreamRecreatedException recreated)
                {
                    Processor.Close(null);
                    lock (_lock)
                    {
                        Processor = Begin(0, recreated.StreamId);
                        foreach (var consumer in _consumers)
                            Processor.Dispatcher.Add(consumer);
                    }
                }
            }
        }
        finally
        {
            Processor.Close(null);
        }
    }

    private PartitionProcessor Begin(long place, long? streamId)
        => new(place, [], null, _services.Source(_subscription, streamId), _subscription, _services);
}
