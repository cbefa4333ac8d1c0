namespace EventStore.EF;

/// <summary>Which events to read, in which order, and how.</summary>
public sealed class ReadOptions
{
    /// <summary>Oldest first (the default) or newest first.</summary>
    public ReadDirection Direction { get; init; } = ReadDirection.Forward;

    /// <summary>
    /// The first event to read, inclusive: a number when reading a stream, a position when reading all events. Forward, 0 and 1 both mean
    /// the beginning. By default the beginning when reading forward, the end when reading backward. Not negative.
    /// </summary>
    public long? From { get; init; }

    /// <summary>The maximum number of events to read; no limit by default. At least 1.</summary>
    public long? MaxCount { get; init; }

    /// <summary>The number of events fetched by one query, 1 to 10,000; 1,000 by default. Memory use grows with it.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>The filter, evaluated in the database; all events by default.</summary>
    public EventFilter Filter { get; init; } = EventFilter.All;

    internal static ReadOptions Default { get; } = new();

    internal void Validate()
    {
        if (!Enum.IsDefined(Direction))
            throw new ArgumentOutOfRangeException(nameof(Direction), Direction, "ReadOptions.Direction must be Forward or Backward.");
        if (From < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(From), From, "ReadOptions.From must be 0 or more. Omit it to read from the beginning, or backward from the end.");
        }

        if (MaxCount < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxCount), MaxCount, "ReadOptions.MaxCount must be at least 1. Omit it for no limit.");
        }

        if (PageSize is < 1 or > 10_000)
            throw new ArgumentOutOfRangeException(nameof(PageSize), PageSize, "ReadOptions.PageSize must be 1 to 10,000.");
        ArgumentNullException.ThrowIfNull(Filter);
    }
}
