using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>One partition of a subscription: what it reads and how it delivers.</summary>
/// <param name="Key">Its identity in the database.</param>
/// <param name="Options">The options its owner gave.</param>
/// <param name="Filter">The events that it reads; narrower than the options' filter if the handlers handle only some types.</param>
/// <param name="Coverage">The events that the handler class handles; <see langword="null"/> for consumers of batches.</param>
/// <param name="Unknown">Watches for events that no type reads; <see langword="null"/> for consumers of batches.</param>
internal sealed record SubscriptionDefinition(
    SubscriptionKey Key, SubscriptionOptions Options, EventFilter Filter, HandlerCoverage? Coverage = null, UnknownTypes? Unknown = null)
{
    /// <summary>The filter as it is read with: it also lets through what must be looked at because no type reads it.</summary>
    public EventFilter WatchedFilter => Unknown?.Watch(Filter) ?? Filter;

    /// <summary>
    /// Whether handlers of the host take the events one after the other; otherwise consumers read batches of one stream and correlation id.
    /// </summary>
    public bool IsHosted => Coverage is not null;

    /// <summary>
    /// Whether handlers share the work. Each then takes one event at a time: otherwise the first would take all, and those behind a slow
    /// event would wait.
    /// </summary>
    private bool IsShared => IsHosted && Options.MaxConsumers > 1;

    private int BufferSize => IsShared ? 1 : Options.BufferSize;

    /// <summary>
    /// When a consumer is refilled. Handlers finish whatever they have; a consumer of batches may hold all but one event while it waits for
    /// that one.
    /// </summary>
    private int RefillAt => IsHosted ? Math.Min(Options.BatchSize, (BufferSize + 1) / 2) : 1;

    /// <summary>The limits of delivery.</summary>
    /// <param name="bytes"><see cref="EventStoreOptions.MaxPageBytes"/>.</param>
    public DeliveryLimits Limits(long bytes) => new(
        BufferSize, Math.Max(Options.BufferSize, Options.PageSize), bytes, Options.BatchSize, RefillAt, Options.CheckpointEvery,
        Options.CheckpointAfter, MixBatches: IsHosted, OrderByKey: Options.MaxConsumers > 1);

    /// <summary>
    /// The most events that can have been in flight together. An event beyond that limit is found when the process ends again.
    /// </summary>
    public int MostInFlight => (int)Math.Min((long)Options.BufferSize * Options.MaxConsumers, 10_000);

    /// <summary>The stream that is read, or all events.</summary>
    public string Source => Options.Stream?.Value ?? EventStoreModel.All;

    /// <summary>
    /// The subscription with the stored definition: it reads everything that the definition handles, whether or not the class in this
    /// process knows all of it.
    /// </summary>
    public SubscriptionDefinition As(HandledTypes? handles)
        => Coverage is null || handles is null ? this : this with { Filter = Filter.OfTypes(handles.Names) };

    /// <summary>
    /// The refusal of consumers whose filter would pass over events that a handler class handles; null if they may have the subscription.
    /// </summary>
    public InvalidOperationException? Refusal(HandledTypes? handles)
    {
        if (Coverage is not null || handles is null || Filter.EventTypes is not { } types)
            return null;

        var missing = handles.Names.Where(name => !types.Contains(name)).ToArray();
        return missing.Length == 0
            ? null
            : new(
                $"Subscription '{Key.Name}' belongs to a handler class, which also handles " +
                $"{string.Join(", ", missing.Select(name => $"'{name}'"))}; the filter of SubscribeAsync would pass these over. " +
                "Use another name, or a filter without types.");
    }
}
