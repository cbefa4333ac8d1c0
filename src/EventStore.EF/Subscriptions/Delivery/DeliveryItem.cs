namespace EventStore.EF;

/// <summary>One received event that passed filter, selector and partition of its subscription.</summary>
/// <param name="Event">The event.</param>
/// <param name="Key">Events of one key are delivered in order, and park together; <see langword="null"/>: nothing partitions it.</param>
/// <param name="Mapped">What the subscription's mapper made of it, if it has one.</param>
/// <param name="Failure">What a function of the subscription went on throwing for it: the policy decides what becomes of it.</param>
internal sealed record DeliveryItem(RecordedEvent Event, string? Key, object? Mapped, Exception? Failure = null)
{
    private int _hasTrace;

    /// <summary>
    /// Whether its handling may continue the trace of its append: until the first time, where it was received as soon as it was appended.
    /// </summary>
    public bool HasTrace
    {
        get => Volatile.Read(ref _hasTrace) == 1;
        init => _hasTrace = value ? 1 : 0;
    }

    /// <summary>Its place in what the subscription reads: all, or one stream. Checkpoints count in places.</summary>
    public long Place => Event.Number;

    /// <summary>The same, which ends with this.</summary>
    public bool TakeTrace() => Interlocked.Exchange(ref _hasTrace, 0) == 1;
}
