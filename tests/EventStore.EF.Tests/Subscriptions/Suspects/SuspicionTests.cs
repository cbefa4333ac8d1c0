using System.Collections.Immutable;
using CsCheck;
using EventStore.EF.Subscriptions.Definitions;

namespace EventStore.EF.Tests.Subscriptions.Suspects;

public sealed class SuspicionTests
{
    private const int MaxAttempts = 10;

    [Fact]
    public void What_is_stored_is_what_is_read_back()
        => Gen.Select(Gen.Bool, Gen.Int[0, 3], Gen.Select(Gen.Long, Gen.Int[1, 100]).List[0, 10], Gen.Select(Gen.Bool, Gen.Long, Gen.Long))
            .Sample((isSuspected, number, ends, limits) =>
            {
                long? alone = number == 0 ? null : number;
                SuspectBlock? block = limits.Item1 ? new(limits.Item2, limits.Item3) : null;
                var counts = ends.Aggregate(ImmutableSortedDictionary<long, int>.Empty, (all, pair) => all.SetItem(pair.Item1, pair.Item2));
                var read = Suspicion.Parse(isSuspected, alone, new Suspicion(isSuspected, alone, counts, block).EndsText);
                return read.IsSuspected == isSuspected && read.Block == block && read.Alone == alone && read.Ends.SequenceEqual(counts);
            });

    [Fact]
    public void A_thousand_kills_at_random_points_park_nothing_though_each_hits_an_event_that_runs_alone()
        => Gen.Int[0, 9].Array[20_000].Sample(fates => Simulate(events: 50, kills: 1000, (_, step) => fates[step % fates.Length] == 0).Count == 0, iter: 50);

    [Fact]
    public void An_event_that_ends_the_process_each_time_is_given_up_after_so_many_ends_and_no_other_one_is()
        => Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9].Array[20_000]).Sample((poison, fates) =>
            Simulate(events: 10, kills: 1000, (place, step) => place == poison || fates[step % fates.Length] == 0).SetEquals([poison]));

    /// <summary>
    /// Runs events in order from an unmoved checkpoint after each end, the worst case: every event before the poison runs again each time. Returns what
    /// was given up.
    /// </summary>
    private static HashSet<long> Simulate(int events, int kills, Func<long, int, bool> isKilled)
    {
        var (stored, checkpoint, step) = (Suspicion.None, 0L, 0);
        var givenUp = new HashSet<long>();
        while (checkpoint < events && kills > 0)
        {
            var held = stored.Taken();
            var (block, wasKilled) = (held.Block, false);
            for (var place = checkpoint; place < events && !wasKilled; place++)
            {
                if (givenUp.Contains(place))
                    continue;

                if (held.EndsOf(place) >= MaxAttempts)
                {
                    givenUp.Add(place);
                    stored = held = held.Finished(place);
                    continue;
                }

                if (held.IsSuspected && (block?.Contains(place) == true || held.EndsOf(place) > 0))
                    stored = held = held.Within(new(place, place)).Begin(place);
                else if (held.IsSuspected)
                    stored = held = held.Within(new(place / 4 * 4, (place / 4 * 4) + 3));

                wasKilled = isKilled(place, step++);
                if (wasKilled)
                    kills--;
                else if (held.Alone == place)
                    stored = held = held.Finished(place);

                if (!wasKilled && held.IsSuspected && place >= (block?.Through ?? events))
                    stored = held = held.Over();
            }

            stored = wasKilled ? stored with { IsSuspected = true } : stored;
            if (!wasKilled)
                checkpoint = events;
        }

        return givenUp;
    }
}
