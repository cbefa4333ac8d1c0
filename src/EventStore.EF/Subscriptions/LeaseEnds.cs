namespace EventStore.EF;

/// <summary>The exceptions that say what became of a lease.</summary>
internal static class LeaseEnds
{
    /// <summary>Whether it says that the lease is lost: no trouble with the database, and no fault of an event or a handler.</summary>
    public static bool Is(Exception exception) => exception is SubscriptionLostException || IsForGood(exception);

    /// <summary>Whether this process has the subscription no more in the shape that it knows, until it starts again.</summary>
    public static bool IsForGood(Exception exception)
        => exception is SubscriptionDeletedException or SubscriptionRepartitionedException or SubscriptionRenamedException;
}
