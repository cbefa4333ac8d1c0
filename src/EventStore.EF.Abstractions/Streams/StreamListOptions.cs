namespace EventStore.EF;

/// <summary>Which streams to list, and how.</summary>
public sealed class StreamListOptions
{
    /// <summary>By name (the default) or by last activity, the latest first.</summary>
    public StreamOrder OrderBy { get; init; } = StreamOrder.Name;

    /// <summary>The prefix of the names, compared ordinally, without wildcards. By default every name.</summary>
    public string? Prefix { get; init; }

    /// <summary>A text that the names contain, compared ordinally, without wildcards. By default every name.</summary>
    public string? Contains { get; init; }

    /// <summary>Whether to include deleted streams; false by default.</summary>
    public bool IncludeDeleted { get; init; }

    /// <summary>
    /// The stream after which to continue, exclusive: the last one of the previous page. Its name and, ordered by
    /// <see cref="StreamOrder.LastActivity"/>, its <see cref="StreamInfo.LastActivityAt"/> are used. By default the list starts at the
    /// beginning.
    /// </summary>
    public StreamInfo? After { get; init; }

    /// <summary>The maximum number of streams to list; no limit by default. At least 1.</summary>
    public int? MaxCount { get; init; }

    /// <summary>The number of streams fetched by one query, 1 to 10,000; 500 by default.</summary>
    public int PageSize { get; init; } = 500;

    internal static StreamListOptions Default { get; } = new();

    internal void Validate()
    {
        if (!Enum.IsDefined(OrderBy))
            throw new ArgumentOutOfRangeException(nameof(OrderBy), OrderBy, "StreamListOptions.OrderBy must be Name or LastActivity.");
        if (MaxCount < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxCount), MaxCount, "StreamListOptions.MaxCount must be at least 1. Omit it for no limit.");
        }

        if (PageSize is < 1 or > 10_000)
            throw new ArgumentOutOfRangeException(nameof(PageSize), PageSize, "StreamListOptions.PageSize must be 1 to 10,000.");
        if (Prefix is not null)
            NameRules.Check(Prefix, "stream", StreamName.MaxLength, nameof(Prefix));
        if (Contains is not null)
            NameRules.Check(Contains, "stream", StreamName.MaxLength, nameof(Contains));
    }
}
