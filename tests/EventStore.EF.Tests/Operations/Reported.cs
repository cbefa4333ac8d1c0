namespace EventStore.EF.Tests.Operations;

/// <summary>Subscriptions as a report has them.</summary>
internal static class Reported
{
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
