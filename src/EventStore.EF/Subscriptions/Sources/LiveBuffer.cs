using EventStore.EF.Storage;
using EventStore.EF.Threading;

namespace EventStore.EF.Subscriptions.Sources;

/// <summary>
/// A bounded buffer between a reader of new events and one subscription. When it is full, it gives up, and the subscription catches up from
/// storage.
/// </summary>
/// <param name="filter">The events that it accepts.</param>
/// <param name="capacity">The most events.</param>
/// <param name="bytes">The most bytes of payloads and metadata; a single event may have more.</param>
/// <param name="filled">Set when the buffer has news.</param>
internal sealed class LiveBuffer(EventFilter filter, int capacity, long bytes, Signal filled)
{
    private readonly Lock _lock = new();
    private List<RecordedEvent> _events = [];
    private long _size;
    private long _through;
    private long _taken;
    private bool _hasGivenUp;
    private long _incarnation;

    /// <summary>Whether <see cref="Take"/> would return anything.</summary>
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

    /// <summary>
    /// Drops its events, which are from an earlier incarnation of the store, and accepts only events of this incarnation.
    /// </summary>
    /// <param name="incarnation">
    /// The <see cref="IStorage.Incarnation"/> in which the subscription has verified that its received events still exist.
    /// </param>
    public void Renew(long incarnation)
    {
        lock (_lock)
        {
            (_events, _size) = ([], 0);
            _taken = _through;
            _hasGivenUp = false;
            _incarnation = incarnation;
        }
    }

    /// <summary>
    /// Adds what the tail reader has read. False if the buffer has given up: it accepts nothing until it is started again.
    /// </summary>
    /// <param name="events">The events, in order.</param>
    /// <param name="through">The position up to which they are complete.</param>
    /// <param name="incarnation">The incarnation of the store in which they were read.</param>
    public bool Offer(IReadOnlyList<RecordedEvent> events, long through, long incarnation)
    {
        lock (_lock)
        {
            _hasGivenUp |= incarnation != _incarnation;
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

    /// <summary>Gives up: the following events must be read from storage.</summary>
    public void GiveUp()
    {
        lock (_lock)
            _hasGivenUp = true;

        filled.Set();
    }

    /// <summary>Empties the buffer.</summary>
    /// <returns>The events; the position up to which they are complete; whether the buffer has given up after that position.</returns>
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
