using System.Runtime.InteropServices;

namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>
/// The events that wait to be sent or parked, and which consumers may have them. A key with waiting events is in one heap:
/// <code>
///                 nothing in flight                  something in flight
///   not parked    anybody's keys                     its consumer's own keys
///   parked        keys to park                       none: what is in flight is acknowledged or parked first, so that it parks in order
/// </code>
/// Events without a key are in one queue for all consumers. If keys don't determine the order, so are all events except those of parked
/// keys: they touch no table of keys.
/// </summary>
internal sealed class DeliveryPending
{
    private readonly bool _orderByKey;
    private readonly Dictionary<string, DeliveryKey> _keys = new(StringComparer.Ordinal);
    private readonly DeliveryQueue _unkeyed = new();
    private readonly DeliveryKeyHeap _anybodysKeys = new();
    private readonly DeliveryKeyHeap _keysToPark = new();

    public DeliveryPending(bool orderByKey, IEnumerable<string> parkedKeys)
    {
        _orderByKey = orderByKey;
        foreach (var name in parkedKeys)
            KeyOf(name).IsParked = true;
    }

    /// <summary>Whether there are events to park.</summary>
    public bool HasToPark => _keysToPark.First is not null;

    public bool IsParked(string name) => _keys.TryGetValue(name, out var key) && key.IsParked;

    /// <summary>Adds an event that is later than all others.</summary>
    public void Add(DeliveryEntry entry)
    {
        entry.Key = Order(entry.Item.Key);
        if (entry.Key is not { } key)
        {
            _unkeyed.Append(entry);
            return;
        }

        key.Waiting.Append(entry);
        if (key.Heap is null)
            Schedule(key);
    }

    /// <summary>The first event that may be sent to the consumer now.</summary>
    public DeliveryEntry? FirstFor(DeliveryConsumer consumer)
        => Earlier(Earlier(_unkeyed.First, _anybodysKeys.First?.Waiting.First), consumer.OwnKeys.First?.Waiting.First);

    /// <summary>Removes the event that <see cref="FirstFor"/> returned.</summary>
    public void Send(DeliveryEntry entry, DeliveryConsumer consumer)
    {
        if (entry.Key is not { } key)
        {
            _unkeyed.Remove(entry);
            return;
        }

        key.Waiting.Remove(entry);
        key.InFlight++;
        key.Consumer = consumer;
        Schedule(key);
    }

    /// <summary>Records that an event in flight is finished.</summary>
    public void Finish(DeliveryEntry entry)
    {
        if (entry.Key is { } key && --key.InFlight == 0)
            Schedule(key);
    }

    /// <summary>Puts back the events of a consumer that left: they wait again, before later ones.</summary>
    /// <param name="entries">In ascending order of position.</param>
    public void PutBack(IReadOnlyList<DeliveryEntry> entries)
    {
        foreach (var ofKey in entries.GroupBy(entry => entry.Key))
        {
            if (ofKey.Key is not { } key)
            {
                _unkeyed.Merge(ofKey);
                continue;
            }

            key.Waiting.Merge(ofKey);
            key.InFlight -= ofKey.Count();
            Schedule(key);
        }
    }

    /// <summary>Parks a key. Its waiting events must be parked; those in flight are acknowledged or parked by their consumer.</summary>
    public void Park(string name, DeliveryWindow window)
    {
        var key = KeyOf(name);
        if (key.IsParked)
            return;

        key.IsParked = true;
        if (!_orderByKey)
        {
            // Until now the events of this key were not known. The walk costs nothing compared with the transaction that wrote the parked
            // event.
            foreach (var entry in window.Unfinished.Where(entry => entry.Item.Key == name))
            {
                entry.Key = key;
                if (entry.State is DeliveryState.Sent)
                {
                    key.InFlight++;
                }
                else
                {
                    _unkeyed.Remove(entry);
                    key.Waiting.Append(entry);
                }
            }
        }

        Schedule(key);
    }

    /// <summary>Removes and returns everything that can be parked now.</summary>
    public IEnumerable<DeliveryEntry> TakeToPark()
    {
        while (_keysToPark.First is { } key)
        {
            while (key.Waiting.First is not null)
            {
                key.Parking++;
                yield return key.Waiting.TakeFirst();
            }

            Schedule(key);
        }
    }

    /// <summary>Releases a parked key. False while events of it are in flight or being parked.</summary>
    public bool TryUnpark(string name)
    {
        if (!_keys.TryGetValue(name, out var key) || !key.IsParked)
            return true;

        if (key.InFlight > 0 || key.Parking > 0)
            return false;

        key.IsParked = false;
        if (!_orderByKey)
            _unkeyed.Merge(Release(key));

        Schedule(key);
        return true;
    }

    private static DeliveryEntry? Earlier(DeliveryEntry? one, DeliveryEntry? other)
        => other is null || one?.Place < other.Place ? one : other;

    private static IEnumerable<DeliveryEntry> Release(DeliveryKey key)
    {
        while (key.Waiting.First is not null)
        {
            var entry = key.Waiting.TakeFirst();
            entry.Key = null;
            yield return entry;
        }
    }

    private DeliveryKey? Order(string? name)
        => name is null ? null
            : _orderByKey ? KeyOf(name)
            : _keys.Count == 0 ? null
            : _keys.GetValueOrDefault(name);

    private DeliveryKey KeyOf(string name)
    {
        ref var key = ref CollectionsMarshal.GetValueRefOrAddDefault(_keys, name, out _);
        return key ??= new(name);
    }

    /// <summary>Moves a key to the right heap after a change.</summary>
    private void Schedule(DeliveryKey key)
    {
        key.Heap?.Remove(key);
        if (key.Waiting.First is null)
        {
            if (key is { InFlight: 0, IsParked: false })
                _keys.Remove(key.Name);

            return;
        }

        var heap = (key.IsParked, key.InFlight > 0) switch
        {
            (false, false) => _anybodysKeys,
            (false, true) => key.Consumer!.OwnKeys,
            (true, false) => _keysToPark,
            (true, true) => null,
        };
        heap?.Add(key);
    }
}
