using System.Text;

namespace EventStore.EF;

/// <summary>
/// What the application's functions make of an event before it is delivered: its key, whether it is wanted, what it is mapped to. A function that
/// fails is tried again as often as a handler is; then the event is delivered with its failure, and the subscription's policy decides.
/// </summary>
/// <param name="options">The functions.</param>
/// <param name="partition">The part of the subscription that takes the event.</param>
/// <param name="settles">Whether the policy can decide; otherwise a function is tried for ever. A transient subscription has no place for parked events.</param>
/// <param name="coverage">Which events the class of handlers handles; <see langword="null"/> where there is none.</param>
/// <param name="handled">The stored names that the subscription handles; <see langword="null"/> for every name.</param>
/// <param name="unknown">Watches for events of other names; <see langword="null"/> where there are none.</param>
/// <param name="finished">What was finished while the subscription had other numbers of partitions.</param>
internal sealed class Intake(
    SubscriptionOptions options, int partition, bool settles, HandlerCoverage? coverage, IReadOnlyCollection<string>? handled,
    UnknownTypes? unknown, FinishedBefore finished)
{
    private const uint FnvOffset = 2166136261;
    private const uint FnvPrime = 16777619;

    private readonly HashSet<string>? _handled = handled is null ? null : new(handled, StringComparer.Ordinal);

    /// <summary>How often a function has failed, by place; emptied when all of a page is through.</summary>
    private readonly Dictionary<long, int> _failures = [];

    /// <summary>The events that this part of the subscription delivers, in order, up to one that it should deliver and this process can't handle.</summary>
    /// <param name="events">What was received.</param>
    /// <param name="isLive">Whether they were received as soon as they were appended.</param>
    /// <exception cref="FunctionFailedException">A function failed, and is to be tried again.</exception>
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
            return IsMine(key, @event) ? new(@event, key, options.Mapper?.Invoke(@event)) { HasTrace = isLive } : null;
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
    /// An event that a function has failed on. Without a key that can be kept it goes by its stream. Where several parts share the work and its key
    /// can't be had, each part delivers it without key, which nobody can park: to pass it here could lose it, if another part has its key.
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
    /// Whether it was finished with another number of partitions, as far as its key can be had: no other function is asked then, and none
    /// fails. One that fails here is asked again when the event is taken, and what it gives then is looked at once more.
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

    /// <summary>The key, or where that can't be kept, the name of the event's stream.</summary>
    private string? KeepableKeyOf(RecordedEvent @event)
    {
        var key = options.KeyOf(@event);
        return key is null || PartitionKey.IsKeepable(key) ? key : @event.StreamName.Value;
    }

    private bool IsMine(string? key, RecordedEvent @event)
        => (options.Partitions == 1 || PartitionOf(key, @event.Number, options.Partitions) == partition)
            && !finished.Contains(key, @event.Number);
}

/// <summary>An event that the subscription handles and this process can't.</summary>
/// <param name="Event">The event.</param>
/// <param name="Reason">Why it can't.</param>
/// <param name="IsUnknown">Whether no registered type reads it.</param>
internal sealed record Obstacle(RecordedEvent Event, string Reason, bool IsUnknown)
{
    /// <summary>What reading it throws, if it can't be read.</summary>
    public UnknownEventTypeException? Cause => IsUnknown ? new(Event.EventType, Event.SchemaVersion, Event.StreamName, Event.StreamVersion) : null;


    public override string ToString()
        => $"Event {Event.Position} ('{Event.EventType}', version {Event.SchemaVersion}) waits for a process that can handle it: {Reason}.";
}

/// <summary>A selector, mapper or partition function failed on an event, and is to be tried again.</summary>
internal sealed class FunctionFailedException(RecordedEvent @event, int number, Exception cause)
    : Exception($"Event {@event.Position} ('{@event.EventType}'), attempt {number}: {ErrorText.MessageOf(cause)}", cause)
{
    /// <summary>1 after the first failure.</summary>
    public int Number => number;

    /// <summary>The event's place.</summary>
    public long Place => @event.Number;
}
