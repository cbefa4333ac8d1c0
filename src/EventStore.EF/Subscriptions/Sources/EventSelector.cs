using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Subscriptions.Sources;

/// <summary>
/// Applies the application's functions to each event before delivery: selector, partition key and mapper. A function that fails is retried
/// as often as a handler. After that the event is delivered with its failure, and the subscription's policy decides.
/// </summary>
/// <param name="options">The functions.</param>
/// <param name="partition">The partition that takes the events.</param>
/// <param name="settles">
/// Whether a policy can decide; if not, a failing function is retried for ever. A transient subscription cannot park events.
/// </param>
/// <param name="coverage">The events that the handler class handles; <see langword="null"/> if there is no handler class.</param>
/// <param name="handled">The stored names that the subscription handles; <see langword="null"/> for every name.</param>
/// <param name="unknown">Watches for events with other names; <see langword="null"/> if nothing watches for them.</param>
/// <param name="finished">The events that were finished while the subscription had a different number of partitions.</param>
internal sealed class EventSelector(
    SubscriptionOptions options, int partition, bool settles, HandlerCoverage? coverage, IReadOnlyCollection<string>? handled,
    UnknownTypes? unknown, FinishedBefore finished)
{
    private readonly HashSet<string>? _handled = handled is null ? null : new(handled, StringComparer.Ordinal);

    /// <summary>The number of failures of a function, by position; cleared once a whole page has passed.</summary>
    private readonly Dictionary<long, int> _failures = [];

    /// <summary>
    /// Returns the events that this partition delivers, in order, up to the first one that it should deliver but this process cannot
    /// handle.
    /// </summary>
    /// <param name="events">The received events.</param>
    /// <param name="isLive">Whether they were received right after their append.</param>
    /// <exception cref="FunctionFailedException">A function failed and will be retried.</exception>
    public (IReadOnlyList<DeliveryItem> Items, Obstacle? Obstacle) Take(IReadOnlyList<RecordedEvent> events, bool isLive)
    {
        var items = new List<DeliveryItem>(events.Count);
        foreach (var @event in events)
        {
            if (IsFinished(@event))
                continue;

            var isUnknown = unknown is not null && _handled?.Contains(@event.EventType) == false;
            if ((isUnknown ? unknown!.Obstacle(@event) : coverage?.Obstacle(@event)) is { } reason)
            {
                if (IsWanted(@event))
                    return (items, new(@event, reason, isUnknown || !coverage!.Reads(@event)));

                continue;
            }

            if (!isUnknown && TryTake(@event, isLive) is { } item)
                items.Add(item);
        }

        _failures.Clear();
        return (items, null);
    }

    /// <summary>Whether an event that this process cannot handle belongs to this partition; true if a function fails on it.</summary>
    private bool IsWanted(RecordedEvent @event)
    {
        try
        {
            return options.Selector?.Invoke(@event) != false
                && IsMine(options.KeyOf(@event), @event);
        }
        catch (Exception)
        {
            return true;
        }
    }

    private DeliveryItem? TryTake(RecordedEvent @event, bool isLive)
    {
        try
        {
            if (options.Selector is { } selector && !selector(@event))
                return null;

            var key = PartitionKey.Require(options.KeyOf(@event));
            return IsMine(key, @event) ? new(@event, key, options.Map?.Invoke(@event)) { IsLive = isLive } : null;
        }
        catch (Exception exception)
        {
            var number = _failures[@event.Number] = _failures.GetValueOrDefault(@event.Number) + 1;
            if (!settles || number < options.MaxAttempts)
                throw new FunctionFailedException(@event, number, exception);

            return Failed(@event, exception);
        }
    }

    /// <summary>
    /// Returns an event on which a function failed. If its key cannot be stored, the stream's name takes its place. If its key cannot be
    /// determined and there are several partitions, each partition delivers it without a key, so that none can park it: skipping it here
    /// could lose it if another partition owns its key.
    /// </summary>
    private DeliveryItem? Failed(RecordedEvent @event, Exception failure)
    {
        string? key;
        try
        {
            key = KeepableKeyOf(@event);
        }
        catch (Exception)
        {
            return finished.ContainsWithAnyKey(@event.Number)
                ? null
                : new(@event, options.Partitions == 1 ? @event.StreamName.Value : null, null, failure);
        }

        return IsMine(key, @event) ? new(@event, key, null, failure) : null;
    }

    /// <summary>
    /// Whether the event was finished under another number of partitions, as far as its key can be determined. Calls no other function and
    /// never throws: if the key function fails here, it is called again when the event is taken, and its result is checked again.
    /// </summary>
    private bool IsFinished(RecordedEvent @event)
    {
        if (!finished.Reaches(@event.Number))
            return false;

        try
        {
            return finished.Contains(KeepableKeyOf(@event), @event.Number);
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>The key or, if the key cannot be stored, the name of the event's stream.</summary>
    private string? KeepableKeyOf(RecordedEvent @event)
    {
        var key = options.KeyOf(@event);
        return key is null || PartitionKey.IsKeepable(key) ? key : @event.StreamName.Value;
    }

    private bool IsMine(string? key, RecordedEvent @event)
        => (options.Partitions == 1 || PartitionKey.PartitionOf(key, @event.Number, options.Partitions) == partition)
            && !finished.Contains(key, @event.Number);
}

/// <summary>An event that the subscription handles but this process cannot.</summary>
/// <param name="Event">The event.</param>
/// <param name="Reason">Why it can't.</param>
/// <param name="IsUnknown">Whether no registered type reads it.</param>
internal sealed record Obstacle(RecordedEvent Event, string Reason, bool IsUnknown)
{
    /// <summary>The exception for an event that no registered type reads.</summary>
    public UnknownEventTypeException? Cause
        => IsUnknown ? new(Event.EventType, Event.SchemaVersion, Event.StreamName, Event.StreamVersion) : null;

    public override string ToString()
        => $"Event {Event.Position} ('{Event.EventType}', version {Event.SchemaVersion}) waits for a process that can handle it: {Reason}.";
}
