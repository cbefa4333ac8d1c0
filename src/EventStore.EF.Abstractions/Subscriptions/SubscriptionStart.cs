using System.Globalization;

namespace EventStore.EF;

/// <summary>Where a subscription starts when it is created. An existing subscription continues from its checkpoint.</summary>
public readonly record struct SubscriptionStart
{
    private readonly long? _place;

    private SubscriptionStart(bool isCurrent, long? place)
    {
        IsCurrent = isCurrent;
        _place = place;
    }

    /// <summary>At the first event. The default value.</summary>
    public static SubscriptionStart Origin => default;

    /// <summary>
    /// Now: everything not committed when the subscription is created is delivered, including what an open transaction has already appended. While
    /// such a transaction is open, events already committed after its positions are delivered too. Creating the subscription waits for nobody.
    /// </summary>
    public static SubscriptionStart Current => new(true, null);

    /// <summary>Whether it is <see cref="Current"/>.</summary>
    public bool IsCurrent { get; }

    /// <summary>The place of the last event that is not delivered; 0 for <see cref="Origin"/>; <see langword="null"/> for <see cref="Current"/>.</summary>
    public long? Place => IsCurrent ? null : _place ?? 0;

    /// <summary>At the first event after a place.</summary>
    /// <param name="place">
    /// A position or, for a subscription to one stream, a number in that stream: 0 or more, and not beyond the last event when the subscription is
    /// created. 0 is the same as <see cref="Origin"/>.
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
