namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>Tracks up to where everything is finished, up to where that is saved, and whether a checkpoint is due.</summary>
internal sealed class DeliveryProgress(long checkpoint, int every, TimeSpan after)
{
    private long _saved = checkpoint;
    private int _events;
    private TimeSpan? _unsavedSince;

    /// <summary>The position up to which everything is handled, skipped, parked or filtered out.</summary>
    public long Finished { get; private set; } = checkpoint;

    public bool HasUnsaved => Finished > _saved;

    public bool IsDue(TimeSpan now) => HasUnsaved && (_events >= every || now - _unsavedSince >= after);

    /// <summary>The time until the unsaved progress is due; null if there is none.</summary>
    public TimeSpan? DueIn(TimeSpan now) => _unsavedSince + after - now;

    /// <summary>Counts a finished event, wherever it is.</summary>
    public void Count() => _events++;

    public void Advance(long finished, TimeSpan now)
    {
        Finished = Math.Max(Finished, finished);
        if (HasUnsaved)
            _unsavedSince ??= now;
    }

    /// <summary>Takes back progress beyond the position: those events are no longer finished.</summary>
    public void Return(long place)
    {
        Finished = Math.Min(Finished, place);
        if (!HasUnsaved)
            _unsavedSince = null;
    }

    public void Saved(long place, TimeSpan now)
    {
        if (place <= _saved)
            return;

        _saved = place;
        _events = 0;
        _unsavedSince = HasUnsaved ? now : null;
    }
}
