using EventStore.EF.Schema;

namespace EventStore.EF.Operations;

/// <summary>
/// Remembers what the reports of this process have shown of each subscription: a table tells where a checkpoint is, but not since when.
/// Used by one read at a time.
/// </summary>
internal sealed class SubscriptionHistory(TimeProvider time)
{
    /// <summary>The time over which speed is measured.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    /// <summary>The shortest time over which speed can be measured.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private Dictionary<(string Name, string Stream), Course> _courses = [];

    /// <summary>
    /// Adds what this process knows from earlier reports to the subscriptions of a new one, and forgets those that are gone.
    /// </summary>
    public IReadOnlyList<SubscriptionReport> See(IReadOnlyList<SubscriptionReport> subscriptions, DateTimeOffset readAt)
    {
        var (now, seen) = (time.GetTimestamp(), new Dictionary<(string Name, string Stream), Course>());
        var reports = new List<SubscriptionReport>(subscriptions.Count);
        foreach (var subscription in subscriptions)
        {
            var info = subscription.Info;
            var key = (info.Name.Value, info.Stream?.Value ?? EventStoreModel.All);
            var course = seen[key] = _courses.GetValueOrDefault(key) ?? new();
            reports.Add(course.See(subscription, readAt, now, time));
        }

        _courses = seen;
        return reports;
    }

    /// <summary>The course of one subscription.</summary>
    private sealed class Course
    {
        private readonly Queue<(long At, long Position, long Head)> _samples = new();
        private long _position = -1;
        private long? _stillSince;
        private long? _ownerlessSince;

        public SubscriptionReport See(SubscriptionReport report, DateTimeOffset readAt, long now, TimeProvider time)
        {
            var info = report.Info;
            var isPaused = info.Status is SubscriptionStatus.Paused;

            // A rewind begins a new course.
            if (info.Position < _position)
                _samples.Clear();

            _stillSince = isPaused || info.LagEvents == 0 ? null : info.Position == _position ? _stillSince ?? now : now;
            _ownerlessSince = isPaused || report.PartitionsWithoutOwner.Count == 0 ? null : _ownerlessSince ?? now;
            _position = info.Position;

            // The last one stays, however old it is: reports may be rare.
            while (_samples.Count > 1 && time.GetElapsedTime(_samples.Peek().At, now) > Window)
                _samples.Dequeue();

            var speed = _samples.TryPeek(out var first) && time.GetElapsedTime(first.At, now) is var elapsed && elapsed >= Shortest
                ? ((info.Position - first.Position) / elapsed.TotalSeconds, (info.Head - first.Head) / elapsed.TotalSeconds)
                : default((double Own, double Writers)?);
            _samples.Enqueue((now, info.Position, info.Head));
            return report with
            {
                WithoutOwnerFor = _ownerlessSince is { } since
                    ? Longer(time.GetElapsedTime(since, now), readAt - report.LeaseExpiredAt)
                    : default,
                StandsStillFor = _stillSince is { } still ? time.GetElapsedTime(still, now) : default,
                PositionsPerSecond = speed?.Own,
                TimeToCatchUp = info.LagEvents == 0 ? TimeSpan.Zero
                    : speed is { } known && known.Own > known.Writers
                        ? Duration((info.Head - info.Position) / (known.Own - known.Writers))
                        : null,
            };
        }

        private static TimeSpan Longer(TimeSpan seen, TimeSpan? expired) => expired > seen ? expired.Value : seen;

        /// <summary>A subscription that hardly gains would take longer than a <see cref="TimeSpan"/> can hold.</summary>
        private static TimeSpan? Duration(double seconds)
            => seconds < TimeSpan.FromDays(10_000).TotalSeconds ? TimeSpan.FromSeconds(Math.Max(seconds, 0)) : null;
    }
}
