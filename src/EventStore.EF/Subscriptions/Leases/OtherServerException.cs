namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// A server answers other than the one known to have what the subscription received, although no connection broke: something in between,
/// such as a pooler, made the change. Or the server has the store in another epoch, because it was restored. Nothing was written; this is
/// retried once the subscription has seen what is there now.
/// </summary>
internal sealed class OtherServerException()
    : Exception(
        "Another database server answers than before, or the store has a new epoch. Nothing was written; the received events are looked " +
        "for first.");
