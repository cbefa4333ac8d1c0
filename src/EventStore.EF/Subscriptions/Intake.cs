using System.Text;

namespace EventStore.EF;

/// <summary>What the application's functions make of an event before it is delivered: its key, whether it is wanted, what it is mapped to.</summary>
/// <param name="options">The functions.</param>
/// <param name="partition">The part of the subscription that takes the event.</param>
/// <param name="coverage">Which events the class of handlers handles; <see langword="null"/> where there is none.</param>
internal sealed class Intake(SubscriptionOptions options, int partition, HandlerCoverage? coverage)
{
    private const uint FnvOffset = 2166136261;
    private const uint FnvPrime = 16777619;

    /// <summary>The events that this part of the subscription delivers, in order, up to one that it should deliver and this process can't handle.</summary>
    /// <param name="events">What was received.</param>
    /// <param name="isLive">Whether they were received as soon as they were appended.</param>
    public (IReadOnlyList<DeliveryItem> Items, Obstacle? Obstacle) Take(IReadOnlyList<RecordedEvent> events, bool isLive)
    {
        var items = new List<DeliveryItem>(events.Count);
        foreach (var @event in events)
        {
            if (coverage?.Obstacle(@event) is { } reason)
            {
                if (IsWanted(@event))
                    return (items, new(@event, reason));

                continue;
            }

            if (options.Selector is { } selector && !selector(@event))
                continue;

            var key = options.KeyOf(@event);
            if (options.Partitions == 1 || PartitionOf(key, @event.Number, options.Partitions) == partition)
                items.Add(new(@event, key, options.Mapper?.Invoke(@event)) { HasTrace = isLive });
        }

        return (items, null);
    }

    /// <summary>
    /// The part that a key belongs to, the same in all processes and for ever: the FNV-1a hash (Fowler, Noll, Vo) of its UTF-8 bytes. What
    /// has no key is spread by its place.
    /// </summary>
    public static int PartitionOf(string? key, long place, int partitions)
    {
        if (key is null)
            return (int)(place % partitions);

        var hash = FnvOffset;
        foreach (var value in Encoding.UTF8.GetBytes(key))
            hash = unchecked((hash ^ value) * FnvPrime);

        return (int)(hash % (uint)partitions);
    }

    /// <summary>Whether an event that this process can't handle is this part's. Functions that fail on it say nothing.</summary>
    private bool IsWanted(RecordedEvent @event)
    {
        try
        {
            return options.Selector?.Invoke(@event) != false
                && (options.Partitions == 1 || PartitionOf(options.KeyOf(@event), @event.Number, options.Partitions) == partition);
        }
        catch (Exception)
        {
            return true;
        }
    }
}

/// <summary>An event that the subscription handles and this process can't.</summary>
/// <param name="Event">The event.</param>
/// <param name="Reason">Why it can't.</param>
internal sealed record Obstacle(RecordedEvent Event, string Reason)
{
    public override string ToString()
        => $"Event {Event.Position} ('{Event.EventType}', version {Event.SchemaVersion}) waits for a process that can handle it: {Reason}.";
}
