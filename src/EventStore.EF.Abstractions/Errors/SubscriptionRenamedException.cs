namespace EventStore.EF;

/// <summary>
/// The subscription was renamed by <see cref="ISubscriptionAdministration.RenameAsync"/> while it was running under its old name. It
/// delivers nothing more under that name.
/// </summary>
public sealed class SubscriptionRenamedException : EventStoreException
{
    internal SubscriptionRenamedException(SubscriptionName name, SubscriptionName newName)
        : base(
            $"Subscription '{name}' was renamed to '{newName}' while it was running. It ends in this process, and continues from its " +
            $"checkpoint under the new name. Subscribing to '{name}' again creates a new subscription, from its start.")
    {
        Name = name;
        NewName = newName;
    }

    /// <summary>The name under which it was running.</summary>
    public SubscriptionName Name { get; }

    /// <summary>Its new name.</summary>
    public SubscriptionName NewName { get; }
}
