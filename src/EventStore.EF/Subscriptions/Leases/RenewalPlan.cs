namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// Decides when this process renews its leases, and for how long. Usually that is every third of their duration. Where every process sees
/// each change at once, leases for which nobody waits are extended: the owner looks at their rows as often, but hardly ever writes them.
/// </summary>
/// <remarks><code>
///              renewed, and nothing has shortened them for four durations
///    Short ───────────────────────────────────────────────────────────────▶ Extended
///      ▲                                                                       │
///      └───────────────────────────────────────────────────────────────────────┘
///           one ends within its duration: a stand-by has shortened it, or a checkpoint was written
/// </code>
/// A process that stands by shortens an extended lease to its duration, and takes it only when that is over. So each look that finds a
/// lease extended is worth as much to its owner as a renewal: until a duration later, nobody can have taken it. And an owner that stands
/// still is replaced as soon as if it had never extended its leases.
/// </remarks>
/// <param name="duration">How long a lease lasts without renewal.</param>
/// <param name="extends">Whether leases are extended.</param>
/// <param name="time">The clock.</param>
internal sealed class RenewalPlan(TimeSpan duration, bool extends, TimeProvider time)
{
    private const int Extension = 8;
    private const int DurationsUntilExtended = 4;

    /// <summary>The longest time between two beats, and between two attempts.</summary>
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    private long? _renewedAt;
    private long? _shortenedAt;
    private bool _isExtended;
    private bool _isUrgent;

    /// <summary>Whether leases are extended.</summary>
    public bool Extends => extends;

    /// <summary>The time until the next beat, if others may change something unnoticed, or the last one has failed.</summary>
    public TimeSpan Interval { get; } = duration / 3 < LongestInterval ? duration / 3 : LongestInterval;

    /// <summary>The time until the next beat if everything is noticed.</summary>
    public TimeSpan LongInterval => extends ? duration / 3 : Interval;

    /// <summary>How long leases last that are renewed now.</summary>
    public TimeSpan Term => extends && !(_shortenedAt is { } at && time.GetElapsedTime(at) < duration * DurationsUntilExtended)
        ? duration * Extension
        : duration;

    /// <summary>Whether the leases are to be renewed now.</summary>
    public bool IsDue => _isUrgent || _renewedAt is not { } at
        || time.GetElapsedTime(at) >= (_isExtended ? duration * Extension : duration) / 3 - (Interval / 2);

    /// <summary>Records a renewal.</summary>
    /// <param name="askedAt">The timestamp before the database was asked.</param>
    /// <param name="term">The <see cref="Term"/> that it was asked for.</param>
    public void Renewed(long askedAt, TimeSpan term) => (_renewedAt, _isExtended, _isUrgent) = (askedAt, term > duration, false);

    /// <summary>Records how long one of the leases still lasts by the database's clock.</summary>
    public void See(TimeSpan left)
    {
        _isUrgent |= left < duration / 2;
        if (!_isExtended || left > duration)
            return;

        (_isExtended, _shortenedAt) = (false, time.GetTimestamp());
    }
}
