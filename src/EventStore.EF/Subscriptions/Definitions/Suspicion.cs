using System.Collections.Immutable;
using System.Globalization;

namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>
/// Records what is known of the events that may have ended a process: pure, and stored with the partition. An event is counted only if its
/// process ended while the event was recorded as alone in flight.
/// </summary>
/// <remarks>
/// Found in steps, because processes are killed for other reasons too, and running alone is slow. A process that is killed costs its
/// successor a few events that run alone and a record every few events, and nothing else has to wait.
/// <code>
///  taken from an owner that did not release it ──▶ suspected, no block: the first events run one at a time, each a block of its own;
///                                                  the others run as always, each block recorded before it starts
///
///  suspected, no block ── the process ends in a recorded block, Taken ──▶ suspected, with that block: its events run one at a time
///
///                         Begin                 the process ends, Taken
///  suspected, a block ─────────────▶ one alone ───────────────────────────▶ suspected, that block, the event counted once more
///          ▲  ▲                        │  │
///          │  └────── Interrupted ─────┘  │    the attempt threw, or others run alongside it: the count is kept
///          └───────── Finished ───────────┘    it was handled: its count is removed
///
///  suspected ── Over ──▶ not suspected      all that was in flight when the process ended is done
/// </code>
/// </remarks>
/// <param name="IsSuspected">Whether an owner did not release the partition, and what was in flight then may not be done.</param>
/// <param name="Alone">The position of the event that runs alone; null if none does.</param>
/// <param name="Ends">How often a process ended with an event alone, by position.</param>
/// <param name="Block">The positions among which the process's events in flight are; null while that is not known.</param>
internal sealed record Suspicion(bool IsSuspected, long? Alone, ImmutableSortedDictionary<long, int> Ends, SuspectBlock? Block = null)
{
    public static Suspicion None { get; } = new(false, null, ImmutableSortedDictionary<long, int>.Empty);

    /// <summary>Parses the columns of a row.</summary>
    public static Suspicion Parse(bool isSuspected, long? alone, string? ends)
    {
        var counts = ImmutableSortedDictionary.CreateBuilder<long, int>();
        SuspectBlock? block = null;
        foreach (var word in (ends ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Split(':') is [var place, var count])
                counts[long.Parse(place, CultureInfo.InvariantCulture)] = int.Parse(count, CultureInfo.InvariantCulture);
            else if (word.Contains("..", StringComparison.Ordinal))
                block = SuspectBlock.Parse(word);
        }

        return new(isSuspected, alone, counts.ToImmutable(), block);
    }

    /// <summary>
    /// The block and the counts as stored in the row: <c>from..through</c> and <c>position:count</c>, separated by blanks; null if there is
    /// nothing to store.
    /// </summary>
    public string? EndsText
    {
        get
        {
            var counts = Ends.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}:{pair.Value}"));
            var text = string.Join(' ', Block is { } block ? counts.Prepend(block.ToString()) : counts);
            return text.Length > 0 ? text : null;
        }
    }

    /// <summary>The number of times a process ended with this event alone in flight.</summary>
    public int EndsOf(long place) => Ends.GetValueOrDefault(place);

    /// <summary>The suspicion that the next owner starts with: the event that was alone when the process ended is counted.</summary>
    public Suspicion Taken()
        => Alone is { } place ? this with { Alone = null, Ends = Ends.SetItem(place, EndsOf(place) + 1) } : this;

    public Suspicion Within(SuspectBlock? block) => IsSuspected ? this with { Block = block } : this;

    public Suspicion Begin(long place) => this with { Alone = place };

    public Suspicion Interrupted() => this with { Alone = null };

    public Suspicion Finished(long place) => this with { Alone = Alone == place ? null : Alone, Ends = Ends.Remove(place) };

    /// <summary>What was in flight is done. What is left to count is a parked event whose replay ended a process.</summary>
    public Suspicion Over() => this with { IsSuspected = false, Block = null };
}

/// <summary>Positions among which the events in flight of a process are.</summary>
/// <param name="From">The first.</param>
/// <param name="Through">The last.</param>
internal readonly record struct SuspectBlock(long From, long Through)
{
    public static SuspectBlock Parse(string text)
    {
        var ends = text.Split("..");
        return new(long.Parse(ends[0], CultureInfo.InvariantCulture), long.Parse(ends[1], CultureInfo.InvariantCulture));
    }

    public bool Contains(long place) => place >= From && place <= Through;

    /// <summary>The smallest block that contains both.</summary>
    public SuspectBlock And(SuspectBlock other) => new(Math.Min(From, other.From), Math.Max(Through, other.Through));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From}..{Through}");
}
