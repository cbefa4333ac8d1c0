namespace EventStore.EF;

/// <summary>One part of a subscription in this process: serves consumers while it has its turn.</summary>
internal interface ISubscriptionPart
{
    /// <summary>What it is doing.</summary>
    EventSubscriptionStatus Status { get; }

    /// <summary>The time for which this process has the part now; <see langword="null"/> while it has not.</summary>
    Tenure? Tenure { get; }

    void Add(Consumer consumer);

    void Remove(Consumer consumer);
}
