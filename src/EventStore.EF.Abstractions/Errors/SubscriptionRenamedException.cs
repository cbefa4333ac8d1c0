namespace EventStore.EF;

/// <summary>
/// The subscription was renamed by <see cref="ISubscriptionAdministration.RenameAsync"/> while it ran under its old name: it delivers
/// nothing more under that name.
/// </summary>
public sealed class SubscriptionRenamedException : EventStoreException
{
    internal SubscriptionRenamedException(SubscriptionName name, SubscriptionName newName)
        : base(
            $"Subscription '{name}' was renamed to '{newName}' while it ran. It ends in this process, and goes on from its checkpoint " +
            $"under the new name. Subscribing to '{name}' again makes a new subscription, from its start.")
    {
        Name = name;
        NewName = newName;
    }

    /// <summary>The name under which it ran.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The name that it has now.</summary>
    public SubscriptionName NewName { get; }
}
