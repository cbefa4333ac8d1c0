using EventStore.EF.Errors;

namespace EventStore.EF.Subscriptions.Sources;

/// <summary>A selector, mapper or partition function failed on an event and will be retried.</summary>
internal sealed class FunctionFailedException(RecordedEvent @event, int number, Exception cause)
    : Exception($"Event {@event.Position} ('{@event.EventType}'), attempt {number}: {ErrorText.MessageOf(cause)}", cause), IWrapperException
{
    /// <summary>1 after the first failure.</summary>
    public int Number => number;

    /// <summary>The event's position.</summary>
    public long Place => @event.Number;
}
