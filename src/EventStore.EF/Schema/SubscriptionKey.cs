namespace EventStore.EF.Schema;

/// <summary>One partition of a durable subscription: one row, one lease, one checkpoint.</summary>
/// <param name="Name">The subscription's name.</param>
/// <param name="Stream">What it reads: a stream's name, or <see cref="EventStoreModel.All"/>.</param>
/// <param name="Partition">The partition, from 0.</param>
internal sealed record SubscriptionKey(SubscriptionName Name, string Stream, int Partition)
{
    /// <summary>Whether it reads all events, so that it counts positions rather than a stream's numbers.</summary>
    public bool IsAll => Stream == EventStoreModel.All;

    public override string ToString() => $"{Name} ({Stream}, partition {Partition})";
}
