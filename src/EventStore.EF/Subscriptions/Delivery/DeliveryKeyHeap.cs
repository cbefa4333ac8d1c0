namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>
/// Keys ordered by the position of their first waiting event: a binary heap from which any key can be removed in O(log n).
/// </summary>
internal sealed class DeliveryKeyHeap
{
    private readonly List<DeliveryKey> _keys = [];

    public DeliveryKey? First => _keys.Count == 0 ? null : _keys[0];

    public void Add(DeliveryKey key)
    {
        key.Heap = this;
        key.HeapOrder = key.Waiting.First!.Place;
        _keys.Add(key);
        Rise(key, _keys.Count - 1);
    }

    public void Remove(DeliveryKey key)
    {
        key.Heap = null;
        var last = _keys[^1];
        _keys.RemoveAt(_keys.Count - 1);
        if (last == key)
            return;

        Sink(last, key.HeapIndex);
        Rise(last, last.HeapIndex);
    }

    private void Rise(DeliveryKey key, int index)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_keys[parent].HeapOrder <= key.HeapOrder)
                break;

            Set(_keys[parent], index);
            index = parent;
        }

        Set(key, index);
    }

    private void Sink(DeliveryKey key, int index)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= _keys.Count)
                break;

            if (child + 1 < _keys.Count && _keys[child + 1].HeapOrder < _keys[child].HeapOrder)
                child++;

            if (key.HeapOrder <= _keys[child].HeapOrder)
                break;

            Set(_keys[child], index);
            index = child;
        }

        Set(key, index);
    }

    private void Set(DeliveryKey key, int index)
    {
        _keys[index] = key;
        key.HeapIndex = index;
    }
}
