namespace EventStore.EF;

/// <summary>Which events are read, in which order, and how.</summary>
public sealed class ReadOptions
{
    /// <summary>Oldest first (the default) or newest first.</summary>
    public ReadDirection Direction { get; init; } = ReadDirection.Forward;

    /// <summary>
    /// The first event read, inclusive: a version when a stream is read, a position when the whole store is. Forward, 0 and 1 are
    /// both the beginning. By default the beginning when reading forward, the end when reading backward. Not negative.
    /// </summary>
    public long? From { get; init; }

    /// <summary>The most events read; no limit by default. At least 1.</summary>
    public long? MaxCount { get; init; }

    /// <summary>How many events one query fetches, 1 to 10,000; 1,000 by default. Memory in use grows with it.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>Which events are read; all by default. It is applied by the database.</summary>
    public EventFilter Filter { get; init; } = EventFilter.All;

    internal static ReadOptions Default { get; } = new();

    internal void Validate()
    {
        if (!Enum.IsDefined(Direction))
            throw new ArgumentOutOfRangeException(nameof(Direction), Direction, "ReadOptions.Direction is Forward or Backward.");
        if (From < 0)
            throw new ArgumentOutOfRangeException(nameof(From), From, "ReadOptions.From is 0 or more; leave it out to read from the beginning, or backward from the end.");
        if (MaxCount < 1)
            throw new ArgumentOutOfRangeException(nameof(MaxCount), MaxCount, "ReadOptions.MaxCount is at least 1; leave it out for no limit.");
        if (PageSize is < 1 or > 10_000)
            throw new ArgumentOutOfRangeException(nameof(PageSize), PageSize, "ReadOptions.PageSize is 1 to 10,000.");
        ArgumentNullException.ThrowIfNull(Filter);
    }
}
