namespace EventStore.EF;

/// <summary>What a handler class or a projection handles, and how its events are delivered.</summary>
public sealed class SubscriberOptions : SubscriptionOptions
{
    /// <summary>
    /// Stored names of events that the handler class used to handle and no longer should; none by default. What a subscription handles is
    /// stored with it and only grows, so that no process passes over events that another one handles: without this, the subscription waits
    /// at an event whose handler was removed. A name that the class still handles fails the host's start.
    /// </summary>
    public IReadOnlyCollection<string> Retired { get; set; } = [];

    /// <summary>
    /// What to do with an event whose stored name no registered type reads; <see cref="UnknownEventHandling.Pass"/> by default, because
    /// several applications may share a store. Applies to handler classes without a <see cref="SubscriptionOptions.Filter"/> by type;
    /// consumers of batches receive such events as they are. Names declared with the store builder's <c>ForeignEvents</c> are passed over
    /// silently.
    /// </summary>
    public UnknownEventHandling UnknownEvents { get; set; }

    private protected override void ValidateOwn(string subscription)
    {
        Check(
            Retired is not null && Retired.All(name => !string.IsNullOrEmpty(name) && NameRules.IsStorable(name)),
            nameof(SubscriberOptions), nameof(Retired), "invalid", subscription,
            "a list of stored names, none of them empty, with U+0000 or with a lone surrogate");
        Check(
            Enum.IsDefined(UnknownEvents), nameof(SubscriberOptions), nameof(UnknownEvents), UnknownEvents, subscription, "Pass or Stop");
    }
}
