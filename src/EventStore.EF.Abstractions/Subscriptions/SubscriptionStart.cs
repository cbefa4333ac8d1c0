using System.Globalization;

namespace EventStore.EF;

/// <summary>Where a subscription begins when it is first made. One that has been made goes on from its checkpoint, whatever is said here.</summary>
public readonly record struct SubscriptionStart
{
    private readonly long? _place;

    private SubscriptionStart(bool isCurrent, long? place)
    {
        IsCurrent = isCurrent;
        _place = place;
    }

    /// <summary>With the first event. The default value.</summary>
    public static SubscriptionStart Origin => default;

    /// <summary>
    /// Now: everything is delivered that isn't committed when the subscription is made, also what an open transaction has appended before.
    /// While one is open, events that were committed behind its positions are delivered too. It waits for nobody.
    /// </summary>
    public static SubscriptionStart Current => new(true, null);

    /// <summary>Whether it is <see cref="Current"/>.</summary>
    public bool IsCurrent { get; }

    /// <summary>The place of the last event that is passed over, 0 for <see cref="Origin"/>; <see langword="null"/> for <see cref="Current"/>.</summary>
    public long? Place => IsCurrent ? null : _place ?? 0;

    /// <summary>With the first event after a place.</summary>
    /// <param name="place">
    /// A position, or for a subscription to one stream a number in that stream: 0 or more, and not beyond the last event when the
    /// subscription is made. 0 is the same as <see cref="Origin"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The place is negative.</exception>
    public static SubscriptionStart After(long place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        return place == 0 ? Origin : new(false, place);
    }

    /// <summary><c>origin</c>, <c>current</c> or <c>after</c> with the place.</summary>
    public override string ToString()
        => IsCurrent ? "current" : _place is { } place ? string.Create(CultureInfo.InvariantCulture, $"after {place}") : "origin";
}
