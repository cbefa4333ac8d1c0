namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>
/// A queue of entries that are linked through themselves: it allocates nothing, and removes an entry in the middle in constant time.
/// </summary>
internal sealed class DeliveryQueue
{
    public DeliveryEntry? First { get; private set; }

    public DeliveryEntry? Last { get; private set; }

    public void Append(DeliveryEntry entry) => InsertBefore(null, entry);

    public void InsertBefore(DeliveryEntry? next, DeliveryEntry entry)
    {
        var previous = next is null ? Last : next.Previous;
        entry.Previous = previous;
        entry.Next = next;
        if (previous is null)
            First = entry;
        else
            previous.Next = entry;

        if (next is null)
            Last = entry;
        else
            next.Previous = entry;
    }

    public void Remove(DeliveryEntry entry)
    {
        if (entry.Previous is { } previous)
            previous.Next = entry.Next;
        else
            First = entry.Next;

        if (entry.Next is { } next)
            next.Previous = entry.Previous;
        else
            Last = entry.Previous;

        entry.Previous = null;
        entry.Next = null;
    }

    public DeliveryEntry TakeFirst()
    {
        var first = First!;
        Remove(first);
        return first;
    }

    /// <summary>Inserts entries by position in one pass. Both this queue and the entries are in ascending order.</summary>
    public void Merge(IEnumerable<DeliveryEntry> entries)
    {
        var next = First;
        foreach (var entry in entries)
        {
            while (next is not null && next.Place < entry.Place)
                next = next.Next;

            InsertBefore(next, entry);
        }
    }
}
