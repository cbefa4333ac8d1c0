namespace EventStore.EF;

/// <summary>
/// Between whoever reads new events and one subscription: bounded; when it is full, it gives up and the subscription catches up from
/// storage.
/// </summary>
/// <param name="filter">What it takes.</param>
/// <param name="capacity">The most events.</param>
/// <param name="bytes">The most bytes of their payloads and metadata, unless the first event alone has more.</param>
/// <param name="filled">Set when there is something to take.</param>
internal sealed class LiveBuffer(EventFilter filter, int capacity, long bytes, Signal filled)
{
    private readonly Lock _lock = new();
    private List<RecordedEvent> _events = [];
    private long _size;
    private long _through;
    private long _taken;
    private bool _hasGivenUp;
    private long _life;

    /// <summary>Whether <see cref="Take"/> would give anything.</summary>
    public bool HasNews
    {
        get
        {
            lock (_lock)
                return _through > _taken || _hasGivenUp;
        }
    }

    public void Start(long place)
    {
        lock (_lock)
        {
            (_events, _size) = ([], 0);
            _through = _taken = place;
            _hasGivenUp = false;
        }
    }

    /// <summary>Drops what it has, which comes from an earlier life of the store, and takes nothing from any but this one.</summary>
    /// <param name="life"><see cref="IStorage.Life"/>, of which the subscription knows that what it received is still there.</param>
    public void Renew(long life)
    {
        lock (_lock)
        {
            (_events, _size) = ([], 0);
            _taken = _through;
            _hasGivenUp = false;
            _life = life;
        }
    }

    /// <summary>Takes what the tail reader read. Returns false when the buffer gave up: it takes nothing more until it is started again.</summary>
    /// <param name="events">The events, in order.</param>
    /// <param name="through">Up to which place they are complete.</param>
    /// <param name="life">The life of the store in which they were read.</param>
    public bool Offer(IReadOnlyList<RecordedEvent> events, long through, long life)
    {
        lock (_lock)
        {
            _hasGivenUp |= life != _life;
            if (_hasGivenUp)
                events = [];

            foreach (var @event in events)
            {
                if (@event.Position <= _through || !filter.Accepts(@event))
                    continue;

                if (_events.Count == capacity || (_events.Count > 0 && _size + @event.Size > bytes))
                {
                    _hasGivenUp = true;
                    break;
                }

                _events.Add(@event);
                _size += @event.Size;
                _through = @event.Position;
            }

            if (!_hasGivenUp)
                _through = Math.Max(_through, through);
        }

        filled.Set();
        return !_hasGivenUp;
    }

    /// <summary>What comes next is to be read from storage.</summary>
    public void GiveUp()
    {
        lock (_lock)
            _hasGivenUp = true;

        filled.Set();
    }

    /// <summary>Empties the buffer.</summary>
    /// <returns>The events; up to which place they are complete; whether the buffer has given up after that place.</returns>
    public (IReadOnlyList<RecordedEvent> Events, long Through, bool HasGivenUp) Take()
    {
        lock (_lock)
        {
            var events = _events;
            (_events, _size) = ([], 0);
            _taken = _through;
            return (events, _through, _hasGivenUp);
        }
    }
}
