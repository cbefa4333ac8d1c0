using EventStore.EF.Operations;

namespace EventStore.EF.Tests.Operations;

/// <summary>Subscriptions as a report has them.</summary>
internal static class Reported
{
    /// <summary>A report of these subscriptions, read at the beginning of 2026.</summary>
    public static StoreReport Store(params IReadOnlyList<SubscriptionReport> subscriptions) => new()
    {
        ReadAt = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Schema = SchemaRules.Judge("eventstore", ["1"], ["1"], null),
        Product = "PostgreSQL",
        Head = 100,
        SettledPosition = 97,
        Subscriptions = subscriptions,
        Checks = [],
    };

    public static SubscriptionReport Subscription(
        long position, long head, SubscriptionStatus status = SubscriptionStatus.Running, TimeSpan lag = default, string? error = null)
        => new()
        {
            Info = new()
            {
                Name = "orders",
                Position = position,
                Head = head,
                LagEvents = (int)(head - position),
                LagTime = lag,
                Status = status,
                ParkedCount = 0,
                LastError = error,
                CreatedAt = DateTimeOffset.UnixEpoch,
                Partitions = [new() { Partition = 0, Position = position, Epoch = 1, Owner = "shop/1/a" }],
            },
            PartitionsWithoutOwner = [],
            WithoutOwnerFor = TimeSpan.Zero,
            StandsStillFor = TimeSpan.Zero,
        };
}
