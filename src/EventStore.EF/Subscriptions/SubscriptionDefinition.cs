namespace EventStore.EF;

/// <summary>One part of a subscription: what it reads and how it delivers.</summary>
/// <param name="Key">Its identity in the database.</param>
/// <param name="Options">What its owner said.</param>
/// <param name="Filter">Which events; narrower than the options' where handlers take only some types.</param>
/// <param name="Coverage">Which events the class of handlers handles; <see langword="null"/> for who reads batches.</param>
/// <param name="Unknown">Watches for events that no type reads; <see langword="null"/> for who reads batches.</param>
internal sealed record SubscriptionDefinition(SubscriptionKey Key, SubscriptionOptions Options, EventFilter Filter, HandlerCoverage? Coverage = null, UnknownTypes? Unknown = null)
{
    /// <summary>Whether handlers of the host take the events, one after the other, rather than somebody who reads batches of one stream and correlation id.</summary>
    public bool IsHosted => Coverage is not null;

    /// <summary>Handlers that share the work take one event at a time: else the first would have them all, and those behind a slow one would wait.</summary>
    private bool IsShared => IsHosted && Options.MaxConsumers > 1;

    private int BufferSize => IsShared ? 1 : Options.BufferSize;

    /// <summary>Handlers finish what they have, whatever comes; whoever reads batches may wait for one more with everything else in hand.</summary>
    private int RefillAt => IsHosted ? Math.Min(Options.BatchSize, (BufferSize + 1) / 2) : 1;

    /// <summary>What delivery keeps to.</summary>
    /// <param name="bytes"><see cref="EventStoreOptions.MaxPageBytes"/>.</param>
    public DeliveryLimits Limits(long bytes) => new(
        BufferSize, Math.Max(Options.BufferSize, Options.PageSize), bytes, Options.BatchSize, RefillAt, Options.CheckpointEvery, Options.CheckpointAfter, MixBatches: IsHosted,
        OrderByKey: Options.MaxConsumers > 1);

    /// <summary>How many events can have been in flight at once; what lies behind them is found in time, too, should the process end again.</summary>
    public int MostInFlight => (int)Math.Min((long)Options.BufferSize * Options.MaxConsumers, 10_000);

    /// <summary>The stream that is read, or all.</summary>
    public string Source => Options.Stream?.Value ?? EventStoreModel.All;

    /// <summary>The subscription as the stored definition says: what it handles is read, whether or not the class here knows all of it.</summary>
    public SubscriptionDefinition As(HandledTypes? handles) => Coverage is null || handles is null ? this : this with { Filter = Filter.OfTypes(handles.Names) };

    /// <summary>Why these consumers may not have the subscription: their filter would pass over what a class of handlers handles.</summary>
    public InvalidOperationException? Refusal(HandledTypes? handles)
    {
        if (Coverage is not null || handles is null || Filter.EventTypes is not { } types)
            return null;

        var missing = handles.Names.Where(name => !types.Contains(name)).ToArray();
        return missing.Length == 0
            ? null
            : new($"Subscription '{Key.Name}' belongs to a class of handlers, which handles {string.Join(", ", missing.Select(name => $"'{name}'"))} too; the filter of SubscribeAsync would pass these over. Use another name, or a filter without types.");
    }
}
