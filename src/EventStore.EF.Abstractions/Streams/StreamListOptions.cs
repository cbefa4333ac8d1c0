namespace EventStore.EF;

/// <summary>Which streams are listed, and how.</summary>
public sealed class StreamListOptions
{
    /// <summary>By name (the default) or by last activity, the latest first.</summary>
    public StreamOrder OrderBy { get; init; } = StreamOrder.Name;

    /// <summary>What the names start with, compared ordinally; every character stands for itself. By default every name.</summary>
    public string? Prefix { get; init; }

    /// <summary>What the names contain, compared ordinally; every character stands for itself. By default every name.</summary>
    public string? Contains { get; init; }

    /// <summary>Whether deleted streams are listed too; by default not.</summary>
    public bool IncludeDeleted { get; init; }

    /// <summary>
    /// The stream after which the list goes on, not included: the last one of the page before. Its name is looked at and, in the order
    /// of <see cref="StreamOrder.LastActivity"/>, its <see cref="StreamInfo.LastActivityAt"/>. By default the list begins at its beginning.
    /// </summary>
    public StreamInfo? After { get; init; }

    /// <summary>The most streams listed; no limit by default. At least 1.</summary>
    public int? MaxCount { get; init; }

    /// <summary>How many streams one query fetches, 1 to 10,000; 500 by default.</summary>
    public int PageSize { get; init; } = 500;

    internal static StreamListOptions Default { get; } = new();

    internal void Validate()
    {
        if (!Enum.IsDefined(OrderBy))
            throw new ArgumentOutOfRangeException(nameof(OrderBy), OrderBy, "StreamListOptions.OrderBy is Name or LastActivity.");
        if (MaxCount < 1)
            throw new ArgumentOutOfRangeException(nameof(MaxCount), MaxCount, "StreamListOptions.MaxCount is at least 1; leave it out for no limit.");
        if (PageSize is < 1 or > 10_000)
            throw new ArgumentOutOfRangeException(nameof(PageSize), PageSize, "StreamListOptions.PageSize is 1 to 10,000.");
        if (Prefix is not null)
            NameRules.Check(Prefix, "stream", StreamName.MaxLength, nameof(Prefix));
        if (Contains is not null)
            NameRules.Check(Contains, "stream", StreamName.MaxLength, nameof(Contains));
    }
}
