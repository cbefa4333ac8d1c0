namespace EventStore.EF;

/// <summary>A transient subscription's one part: delivers as long as somebody wants it, without anything in the database.</summary>
internal sealed class TransientPart : ISubscriptionPart
{
    private readonly SubscriptionDefinition _subscription;
    private readonly SubscriptionParts _parts;
    private readonly Lock _lock = new();
    private readonly List<Consumer> _consumers = [];

    /// <param name="subscription">The subscription.</param>
    /// <param name="parts">What all subscriptions share.</param>
    /// <param name="place">After which place it begins.</param>
    /// <param name="streamId">The stream in which places are counted.</param>
    public TransientPart(SubscriptionDefinition subscription, SubscriptionParts parts, long place, long? streamId)
    {
        _subscription = subscription;
        _parts = parts;
        Tenure = Begin(place, streamId);
    }

    public EventSubscriptionStatus Status => Tenure.Status;

    public Tenure Tenure { get; private set; }

    Tenure? ISubscriptionPart.Tenure => Tenure;

    public void Add(Consumer consumer)
    {
        lock (_lock)
        {
            _consumers.Add(consumer);
            Tenure.Dispatcher.Add(consumer);
        }
    }

    public void Remove(Consumer consumer)
    {
        lock (_lock)
        {
            _consumers.Remove(consumer);
            Tenure.Remove(consumer);
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
                    await Tenure.RunAsync(ct).ConfigureAwait(false);
                }
                catch (StreamRecreatedException recreated)
                {
                    Tenure.Close(null);
                    lock (_lock)
                    {
                        Tenure = Begin(0, recreated.StreamId);
                        foreach (var consumer in _consumers)
                            Tenure.Dispatcher.Add(consumer);
                    }
                }
            }
        }
        finally
        {
            Tenure.Close(null);
        }
    }

    private Tenure Begin(long place, long? streamId) => new(place, [], null, _parts.Source(_subscription, streamId), _subscription, _parts);
}
