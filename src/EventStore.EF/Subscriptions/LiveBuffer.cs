namespace EventStore.EF;

/// <summary>Between the tail reader and one subscription: bounded; when it is full, it gives up and the subscription catches up from storage.</summary>
internal sealed class LiveBuffer(EventFilter filter, int capacity)
{
    private readonly Lock _lock = new();
    private readonly Signal _filled = new();
    private List<RecordedEvent> _events = [];
    private long _through;
    private bool _overflowed;

    public void Start(long position)
    {
        lock (_lock)
        {
            _events = [];
            _through = position;
            _overflowed = false;
        }
    }

    /// <summary>Takes what the tail reader read. Returns false when the buffer gave up: it takes nothing more until it is started again.</summary>
    public bool Offer(IReadOnlyList<RecordedEvent> events, long through)
    {
        lock (_lock)
        {
            foreach (var @event in events)
            {
                if (@event.Position <= _through || !filter.Accepts(@event))
                    continue;

                if (_events.Count == capacity)
                {
                    _overflowed = true;
                    break;
                }

                _events.Add(@event);
                _through = @event.Position;
            }

            if (!_overflowed)
                _through = Math.Max(_through, through);
        }

        _filled.Set();
        return !_overflowed;
    }

    /// <summary>Empties the buffer.</summary>
    public (IReadOnlyList<RecordedEvent> Events, long Through, bool Overflowed) Take()
    {
        lock (_lock)
        {
            var events = _events;
            _events = [];
            return (events, _through, _overflowed);
        }
    }

    /// <summary>Waits until there is something to take, or the time is over.</summary>
    public Task WaitAsync(TimeSpan? within, TimeProvider time, CancellationToken ct)
        => within is { } timeout
            ? _filled.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, time, ct)
            : _filled.WaitAsync(ct);
}
