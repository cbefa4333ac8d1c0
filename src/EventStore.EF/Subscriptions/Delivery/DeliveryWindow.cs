namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>
/// The received and unfinished events, by position, in a ring. An event that is finished before an earlier one remains until the earlier
/// one is finished too, or until the ring is full. The ring then grows only if most of it is unfinished: one event that is retried for
/// hours keeps little else in memory.
/// </summary>
internal sealed class DeliveryWindow
{
    private DeliveryEntry[] _ring = new DeliveryEntry[64];
    private int _start;
    private int _count;
    private int _finished;

    /// <summary>The first unfinished event.</summary>
    public DeliveryEntry? First => _count == 0 ? null : At(0);

    /// <summary>Finished events up to this position may be forgotten: the consumer they were sent to is no longer known.</summary>
    public long? ForgottenThrough { get; private set; }

    /// <summary>The unfinished events, by position.</summary>
    public IEnumerable<DeliveryEntry> Unfinished
        => Enumerable.Range(0, _count).Select(index => At(index)).Where(entry => entry.State is not DeliveryState.Finished);

    public void Add(DeliveryEntry entry)
    {
        if (_count == _ring.Length)
            Move(new DeliveryEntry[_finished > _count / 2 ? _count : 2 * _count]);

        _ring[(_start + _count++) & (_ring.Length - 1)] = entry;
    }

    /// <summary>The event at a position; null if there is none or it is forgotten.</summary>
    public DeliveryEntry? Find(long place)
    {
        var (low, high) = (0, _count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var entry = At(middle);
            if (entry.Place == place)
                return entry;

            if (entry.Place < place)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return null;
    }

    public void Finish(DeliveryEntry entry)
    {
        entry.Finish();
        _finished++;
        while (_count > 0 && At(0).State is DeliveryState.Finished)
        {
            Forget(At(0));
            At(0) = null!;
            _start = (_start + 1) & (_ring.Length - 1);
            _count--;
        }
    }

    private ref DeliveryEntry At(int index) => ref _ring[(_start + index) & (_ring.Length - 1)];

    private void Forget(DeliveryEntry entry)
    {
        ForgottenThrough = Math.Max(ForgottenThrough ?? entry.Place, entry.Place);
        _finished--;
    }

    /// <summary>
    /// Moves the unfinished events. At least half the ring is filled between two moves, so the cost per event is constant.
    /// </summary>
    private void Move(DeliveryEntry[] ring)
    {
        var count = 0;
        for (var index = 0; index < _count; index++)
        {
            if (At(index) is var entry && entry.State is DeliveryState.Finished)
                Forget(entry);
            else
                ring[count++] = entry;
        }

        (_ring, _start, _count) = (ring, 0, count);
    }
}
