namespace EventStore.EF;

/// <summary>Asks for one page of a stream. It ends early, but not before its first event, when it reaches <see cref="EventStoreOptions.MaxPageBytes"/>.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Direction">The order.</param>
/// <param name="From">The first version, inclusive; <see cref="long.MaxValue"/> for the end when reading backward.</param>
/// <param name="Count">The most events.</param>
/// <param name="Filter">Which events.</param>
internal sealed record StreamPageQuery(StreamName Stream, ReadDirection Direction, long From, int Count, EventFilter Filter)
{
    /// <summary>Whether the page before had large events. It changes how the page is asked for, and nothing about it.</summary>
    public bool ExpectsLarge { get; init; }
}

/// <summary>One page of a stream.</summary>
/// <param name="Condition">Whether the stream can be read.</param>
/// <param name="Events">The events, in order.</param>
/// <param name="StreamId">The stream's id, which changes when it is removed and its name used again; 0 when it is missing.</param>
/// <param name="Version">The stream's version when the page was read; 0 when it is missing.</param>
/// <param name="IsEnd">Whether there was nothing behind the page when it was read.</param>
/// <param name="HasLarge">Whether it has large events: <see cref="StreamPageQuery.ExpectsLarge"/> for the next one.</param>
internal sealed record StreamPage(
    StreamCondition Condition, IReadOnlyList<RecordedEvent> Events, long StreamId, long Version, bool IsEnd, bool HasLarge = false);

/// <summary>Whether a stream can be read.</summary>
internal enum StreamCondition
{
    Missing,
    Deleted,
    Readable,
}

/// <summary>Asks for one page of all events. It ends early as a page of a stream does.</summary>
/// <param name="Direction">The order.</param>
/// <param name="From">The first position, inclusive; <see cref="long.MaxValue"/> for the end when reading backward.</param>
/// <param name="Count">The most events.</param>
/// <param name="Filter">Which events.</param>
internal sealed record AllPageQuery(ReadDirection Direction, long From, int Count, EventFilter Filter)
{
    /// <summary>Whether the tail reader asks, which never waits for a connection that others use up.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whether the page before had large events. It changes how the page is asked for, and nothing about it.</summary>
    public bool ExpectsLarge { get; init; }

    /// <summary>Whether the filter leaves anything out.</summary>
    public bool IsFiltered => !Filter.IsAll;
}

/// <summary>One page of all events.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="Through">
/// Forward: every event up to this position that passes the filter is in this page or an earlier one; the next page starts after it.
/// </param>
/// <param name="IsEnd">Whether nothing more can be read now.</param>
/// <param name="HeldBackUpTo">
/// The highest position beyond <paramref name="Through"/> that is committed while an open transaction holds it back; 0 when none is.
/// </param>
internal sealed record AllPage(IReadOnlyList<RecordedEvent> Events, long Through, bool IsEnd, long HeldBackUpTo = 0)
{
    /// <summary>Whether it has large events: <see cref="AllPageQuery.ExpectsLarge"/> for the next one.</summary>
    public bool HasLarge { get; init; }

    /// <summary>Whether committed events can't be read yet, because an open transaction may still fill a gap before them.</summary>
    public bool IsHeldBack => HeldBackUpTo > 0;
}
