namespace EventStore.EF.Storage;

/// <summary>
/// A query for one page of a stream. The page ends early, but not before its first event, when it reaches
/// <see cref="EventStoreOptions.MaxPageBytes"/>.
/// </summary>
/// <param name="Stream">The stream.</param>
/// <param name="Direction">The order.</param>
/// <param name="From">The first version, inclusive; <see cref="long.MaxValue"/> for the end when reading backward.</param>
/// <param name="Count">The maximum number of events.</param>
/// <param name="Filter">The filter.</param>
internal sealed record StreamPageQuery(StreamName Stream, ReadDirection Direction, long From, int Count, EventFilter Filter)
{
    /// <summary>Whether the previous page had large events. It changes how the page is fetched, not its contents.</summary>
    public bool ExpectsLarge { get; init; }
}

/// <summary>One page of a stream.</summary>
/// <param name="Condition">Whether the stream can be read.</param>
/// <param name="Events">The events, in order.</param>
/// <param name="StreamId">The stream's id, which changes if the stream is removed and its name used again; 0 if it is missing.</param>
/// <param name="Version">The stream's version when the page was read; 0 if it is missing.</param>
/// <param name="IsEnd">Whether there were no events after the page when it was read.</param>
/// <param name="HasLarge">Whether the page has large events: <see cref="StreamPageQuery.ExpectsLarge"/> for the next one.</param>
internal sealed record StreamPage(
    StreamCondition Condition, IReadOnlyList<RecordedEvent> Events, long StreamId, long Version, bool IsEnd, bool HasLarge = false);

/// <summary>Whether a stream can be read.</summary>
internal enum StreamCondition
{
    Missing,
    Deleted,
    Readable,
}

/// <summary>A query for one page of all events. The page ends early as a page of a stream does.</summary>
/// <param name="Direction">The order.</param>
/// <param name="From">The first position, inclusive; <see cref="long.MaxValue"/> for the end when reading backward.</param>
/// <param name="Count">The maximum number of events.</param>
/// <param name="Filter">The filter.</param>
internal sealed record AllPageQuery(ReadDirection Direction, long From, int Count, EventFilter Filter)
{
    /// <summary>Whether the tail reader asks; it never waits for connections that other work may exhaust.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whether the previous page had large events. It changes how the page is fetched, not its contents.</summary>
    public bool ExpectsLarge { get; init; }

    /// <summary>Whether the filter excludes anything.</summary>
    public bool IsFiltered => !Filter.IsAll;
}

/// <summary>One page of all events.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="Through">
/// Forward: every event up to this position that passes the filter is in this page or an earlier one; the next page starts after it.
/// </param>
/// <param name="IsEnd">Whether nothing more can be read now.</param>
/// <param name="HeldBackUpTo">
/// The highest position beyond <paramref name="Through"/> that is committed but delayed by an open transaction; 0 if none is.
/// </param>
internal sealed record AllPage(IReadOnlyList<RecordedEvent> Events, long Through, bool IsEnd, long HeldBackUpTo = 0)
{
    /// <summary>Whether the page has large events: <see cref="AllPageQuery.ExpectsLarge"/> for the next one.</summary>
    public bool HasLarge { get; init; }

    /// <summary>Whether committed events can't be read yet, because an open transaction may still fill a gap before them.</summary>
    public bool IsHeldBack => HeldBackUpTo > 0;
}
