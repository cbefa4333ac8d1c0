namespace EventStore.EF;

/// <summary>What a consumer of batches reads, and how it is delivered.</summary>
public sealed class ConsumerOptions : SubscriptionOptions
{
    /// <summary>
    /// Maps an event to its value in <see cref="EventBatch.Mapped"/>; by default the event's typed data, read on first use.
    /// </summary>
    public Func<RecordedEvent, object?>? Mapper { get; set; }

    /// <summary>
    /// Whether to wait while another process owns the subscription; false by default, which throws
    /// <see cref="SubscriptionAlreadyActiveException"/>.
    /// </summary>
    public bool StandBy { get; set; }

    internal override Func<RecordedEvent, object?>? Map => Mapper;

    internal ConsumerOptions Copy() => (ConsumerOptions)MemberwiseClone();

    private protected override IEnumerable<string> OwnDifferencesFrom(SubscriptionOptions other)
    {
        if (Mapper?.Method != other.Map?.Method)
            yield return nameof(Mapper);
        if (other is ConsumerOptions { StandBy: var standBy } && standBy != StandBy)
            yield return nameof(StandBy);
    }
}
