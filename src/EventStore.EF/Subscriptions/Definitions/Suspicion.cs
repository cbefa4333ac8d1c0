using System.Collections.Immutable;
using System.Globalization;

namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>
/// Records what is known of the events that may have ended a process: pure, and stored with the partition. An event is counted only if its
/// process ended while the event was recorded as alone in flight.
/// </summary>
/// <remarks><code>
///  taken from an owner that did not release it ──▶ watched: events run as always
///
///  watched ── taken again from one that did not ──▶ suspected: events run one at a time
///
///              Begin                 the process ends, Taken
///  suspected ─────────▶ one alone ───────────────────────────▶ suspected, counted once more
///      ▲  ▲                │  │
///      │  └── Interrupted ─┘  │    the attempt threw, or others run alongside it: the count is kept
///      └───── Finished ───────┘    it was handled: its count is removed
///
///  watched, suspected ── Over ──▶ none      all that was in flight when the process ended is done
/// </code>
/// Processes are killed for other reasons too, and one event at a time is slow. An event that ends its process does so again soon.
/// </remarks>
/// <param name="IsSuspected">Whether events run one at a time.</param>
/// <param name="Alone">The position of the event that runs alone; null if none does.</param>
/// <param name="Ends">How often a process ended with an event alone, by position.</param>
/// <param name="IsWatched">Whether an owner did not release the partition, and what was in flight then may not be done.</param>
internal sealed record Suspicion(bool IsSuspected, long? Alone, ImmutableSortedDictionary<long, int> Ends, bool IsWatched = false)
{
    private const string Watched = "watched";

    public static Suspicion None { get; } = new(false, null, ImmutableSortedDictionary<long, int>.Empty);

    /// <summary>Parses the columns of a row.</summary>
    public static Suspicion Parse(bool isSuspected, long? alone, string? ends)
    {
        var counts = ImmutableSortedDictionary.CreateBuilder<long, int>();
        var words = (ends ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var pair in words)
        {
            if (pair.Split(':') is [var place, var count])
                counts[long.Parse(place, CultureInfo.InvariantCulture)] = int.Parse(count, CultureInfo.InvariantCulture);
        }

        return new(isSuspected, alone, counts.ToImmutable(), words.Contains(Watched));
    }

    /// <summary>
    /// The counts as stored in the row: <c>position:count</c>, separated by blanks, and the word <c>watched</c> before them; null if there
    /// is nothing to store.
    /// </summary>
    public string? EndsText
    {
        get
        {
            var counts = Ends.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}:{pair.Value}"));
            var text = string.Join(' ', IsWatched ? counts.Prepend(Watched) : counts);
            return text.Length > 0 ? text : null;
        }
    }

    /// <summary>The number of times a process ended with this event alone in flight.</summary>
    public int EndsOf(long place) => Ends.GetValueOrDefault(place);

    /// <summary>
    /// The suspicion that the next owner starts with. The event that was alone when the process ended is counted; after the first unclean
    /// end the events are only watched.
    /// </summary>
    public Suspicion Taken() => Alone is { } place ? this with { Alone = null, Ends = Ends.SetItem(place, EndsOf(place) + 1) }
        : IsSuspected && !IsWatched && Ends.IsEmpty ? this with { IsSuspected = false, IsWatched = true }
        : this;

    public Suspicion Begin(long place) => this with { Alone = place };

    public Suspicion Interrupted() => this with { Alone = null };

    public Suspicion Finished(long place) => this with { Alone = Alone == place ? null : Alone, Ends = Ends.Remove(place) };
}
