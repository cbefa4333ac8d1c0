namespace EventStore.EF.Subscriptions.Leases;

/// <summary>Tells which exceptions say that a lease was lost.</summary>
internal static class LeaseEnds
{
    /// <summary>Whether it says that the lease is lost, as opposed to trouble with the database, an event or a handler.</summary>
    public static bool Is(Exception exception) => exception is SubscriptionLostException || IsForGood(exception);

    /// <summary>Whether the subscription no longer has the shape that this process knows, until the process restarts.</summary>
    public static bool IsForGood(Exception exception)
        => exception is SubscriptionDeletedException or SubscriptionRepartitionedException or SubscriptionRenamedException;
}
