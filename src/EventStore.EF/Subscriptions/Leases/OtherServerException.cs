namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// A server answers other than the one known to have what the subscription received, although no connection broke: something in between,
/// such as a pooler, made the change. Nothing was written; this is retried once the subscription has seen what the new server has.
/// </summary>
internal sealed class OtherServerException()
    : Exception("A different database server answers than before. Nothing was written; the received events are looked for there first.");
