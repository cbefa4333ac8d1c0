using System.Globalization;

namespace EventStore.EF;

/// <summary>Where a subscription starts when it is created. An existing subscription continues from its checkpoint.</summary>
public readonly record struct SubscriptionStart
{
    private readonly long? _position;

    private SubscriptionStart(bool isCurrent, long? position)
    {
        IsCurrent = isCurrent;
        _position = position;
    }

    /// <summary>At the first event. The default value.</summary>
    public static SubscriptionStart Origin => default;

    /// <summary>
    /// Now: everything not committed when the subscription is created is delivered, including what an open transaction has already
    /// appended. While such a transaction is open, events already committed after its positions are delivered too. Creating the
    /// subscription waits for nobody.
    /// </summary>
    public static SubscriptionStart Current => new(true, null);

    /// <summary>Whether it is <see cref="Current"/>.</summary>
    public bool IsCurrent { get; }

    /// <summary>
    /// The position of the last event that is not delivered; 0 for <see cref="Origin"/>; <see langword="null"/> for <see cref="Current"/>.
    /// </summary>
    public long? Position => IsCurrent ? null : _position ?? 0;

    /// <summary>At the first event after a position.</summary>
    /// <param name="position">
    /// A position among all events or, for a subscription to one stream, a number in that stream: 0 or more, and not beyond the last event
    /// when the subscription is created. 0 is the same as <see cref="Origin"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The position is negative.</exception>
    public static SubscriptionStart After(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        return position == 0 ? Origin : new(false, position);
    }

    /// <summary><c>origin</c>, <c>current</c> or <c>after</c> with the position.</summary>
    public override string ToString()
        => IsCurrent ? "current" : _position is { } position ? string.Create(CultureInfo.InvariantCulture, $"after {position}") : "origin";
}
