namespace EventStore.EF.Tests.Subscriptions.Delivery;

/// <summary>A consumer that remembers what it was sent.</summary>
internal sealed class ModelConsumer(int id)
{
    public int Id { get; } = id;

    /// <summary>What it has in flight, as it was sent.</summary>
    public List<ModelEvent> Sent { get; } = [];

    public long HighestSent { get; set; }

    /// <summary>The last place of each key that it was sent.</summary>
    public Dictionary<string, long> Last { get; } = [];
}
