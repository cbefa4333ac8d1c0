using System.Collections.Immutable;
using System.Globalization;

namespace EventStore.EF;

/// <summary>
/// What is known of the events that may have ended a process: pure, and stored with the partition. An event is counted only when its process ended
/// while it was recorded as alone in flight.
/// </summary>
/// <remarks><code>
///  taken from an owner that did not give it back ──▶ suspected: events run one at a time
///
///              Begin                 the process ends, Taken
///  suspected ─────────▶ one alone ───────────────────────────▶ suspected, counted once more
///      ▲  ▲                │  │
///      │  └── Interrupted ─┘  │    the attempt threw, or others run beside it: the count stays
///      └───── Finished ───────┘    it was handled: its count is gone
///
///  suspected ── Over ──▶ none      what was in flight when the process ended is through
/// </code></remarks>
/// <param name="IsSuspected">Whether events run one at a time.</param>
/// <param name="Alone">The place of the event that runs alone; null while none does.</param>
/// <param name="Ends">How often a process ended with an event alone, by place.</param>
internal sealed record Suspicion(bool IsSuspected, long? Alone, ImmutableSortedDictionary<long, int> Ends)
{
    public static Suspicion None { get; } = new(false, null, ImmutableSortedDictionary<long, int>.Empty);

    /// <summary>From the columns of a row.</summary>
    public static Suspicion Parse(bool isSuspected, long? alone, string? ends)
    {
        var counts = ImmutableSortedDictionary.CreateBuilder<long, int>();
        foreach (var pair in (ends ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.Split(':') is [var place, var count])
                counts[long.Parse(place, CultureInfo.InvariantCulture)] = int.Parse(count, CultureInfo.InvariantCulture);
        }

        return new(isSuspected, alone, counts.ToImmutable());
    }

    /// <summary>The counts as the row keeps them: <c>place:count</c>, with blanks between; null when there are none.</summary>
    public string? EndsText => Ends.IsEmpty
        ? null
        : string.Join(' ', Ends.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}:{pair.Value}")));

    /// <summary>How often a process ended with this event alone in flight.</summary>
    public int EndsOf(long place) => Ends.GetValueOrDefault(place);

    /// <summary>As the next owner finds it: what was alone when the process ended is counted.</summary>
    public Suspicion Taken() => Alone is { } place ? this with { Alone = null, Ends = Ends.SetItem(place, EndsOf(place) + 1) } : this;

    public Suspicion Begin(long place) => this with { Alone = place };

    public Suspicion Interrupted() => this with { Alone = null };

    public Suspicion Finished(long place) => this with { Alone = Alone == place ? null : Alone, Ends = Ends.Remove(place) };
}
