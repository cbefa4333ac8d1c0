using System.Globalization;

namespace EventStore.EF;

/// <summary>
/// A subscription did not finish an event within the time-out given to <see cref="ISubscriptionAdministration.WaitForAsync"/>.
/// </summary>
public sealed class SubscriptionTimeoutException : EventStoreException
{
    internal SubscriptionTimeoutException(
        SubscriptionName name, long position, TimeSpan timeout, SubscriptionTimeoutReason reason, SubscriptionInfo? subscription,
        IReadOnlyList<BlockingTransaction> holders)
        : base(Text(name, position, timeout, reason, subscription, holders))
    {
        Name = name;
        Position = position;
        Timeout = timeout;
        Reason = reason;
        Subscription = subscription;
        BlockingTransactions = holders;
    }

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The awaited position; for a subscription to one stream, the number in that stream.</summary>
    public long Position { get; }

    /// <summary>How long the wait lasted.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Why the event is not finished.</summary>
    public SubscriptionTimeoutReason Reason { get; }

    /// <summary>The subscription at the end of the wait; <see langword="null"/> if it did not exist yet.</summary>
    public SubscriptionInfo? Subscription { get; }

    /// <summary>The transactions that delay the event, oldest first; empty for any other reason.</summary>
    public IReadOnlyList<BlockingTransaction> BlockingTransactions { get; }

    private static string Text(
        SubscriptionName name, long position, TimeSpan timeout, SubscriptionTimeoutReason reason, SubscriptionInfo? subscription,
        IReadOnlyList<BlockingTransaction> holders)
    {
        var lag = subscription is { } known
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" Its checkpoint is at {known.Position}, {known.LagEvents} events and {Seconds(known.LagTime)} behind.")
            : "";
        return $"Subscription '{name}' has not finished {position} within {timeout}: {Why(reason, subscription, holders)}{lag}";
    }

    private static string Why(SubscriptionTimeoutReason reason, SubscriptionInfo? subscription, IReadOnlyList<BlockingTransaction> holders)
        => reason switch
        {
            SubscriptionTimeoutReason.NotCreated => "it has not been started yet. Start the host that runs it.",
            SubscriptionTimeoutReason.NotRunning => $"no process runs {Ownerless(subscription)}. Start one.",
            SubscriptionTimeoutReason.Paused when subscription?.LastError is { } error
                => $"it has stopped at an error: {Sentence(error)} Fix the cause, then call ResumeAsync.",
            SubscriptionTimeoutReason.Paused => "it is paused. Call ResumeAsync.",
            SubscriptionTimeoutReason.Failing => $"its handler fails and is retried: {Sentence(subscription?.LastError ?? "")}",
            SubscriptionTimeoutReason.Parked => "the event is parked and has not been replayed yet.",
            SubscriptionTimeoutReason.HeldBack
                => $"a transaction that has appended is still open and delays the event: {string.Join("; ", holders.Select(Described))}. " +
                    "Commit it, roll it back, or end it with pg_terminate_backend.",
            _ => "it is running, but has not reached the event yet.",
        };

    private static string Ownerless(SubscriptionInfo? subscription)
    {
        var partitions = subscription?.Partitions ?? [];
        var ownerless = partitions.Where(partition => partition.Owner is null).Select(partition => partition.Partition).ToArray();
        return ownerless.Length == partitions.Count ? "it" : $"its partitions {string.Join(", ", ownerless)}";
    }

    private static string Described(BlockingTransaction holder)
    {
        var who = holder.PreparedName is { } prepared
            ? $"the prepared transaction '{prepared}'"
            : $"server process {holder.SessionId}, application '{holder.Application}'";
        return holder.Age is { } age ? $"{who}, open for {Seconds(age)}" : who;
    }

    private static string Sentence(string error) => error.TrimEnd('.') + ".";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0 's'", CultureInfo.InvariantCulture);
}
