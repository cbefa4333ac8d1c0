namespace EventStore.EF;

/// <summary>How far everything is finished, how far that is saved, and whether to save it now.</summary>
internal sealed class DeliveryProgress(long checkpoint, int every, TimeSpan after)
{
    private long _saved = checkpoint;
    private int _events;
    private TimeSpan? _unsavedSince;

    /// <summary>Everything up to this place is handled, skipped, parked or filtered out.</summary>
    public long Finished { get; private set; } = checkpoint;

    public bool HasUnsaved => Finished > _saved;

    public bool IsDue(TimeSpan now) => HasUnsaved && (_events >= every || now - _unsavedSince >= after);

    /// <summary>How long until what is unsaved becomes due; null when nothing is.</summary>
    public TimeSpan? DueIn(TimeSpan now) => _unsavedSince + after - now;

    /// <summary>One more event is finished, wherever it stands.</summary>
    public void Count() => _events++;

    public void Advance(long finished, TimeSpan now)
    {
        Finished = Math.Max(Finished, finished);
        if (HasUnsaved)
            _unsavedSince ??= now;
    }

    /// <summary>What comes behind the place is not finished after all, unless it stands there again.</summary>
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
