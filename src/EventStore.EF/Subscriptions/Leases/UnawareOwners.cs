using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// Waits at the host's start for owners that may not know yet what the host's classes handle. Such an owner cannot checkpoint past an event
/// that it doesn't know, but it would deliver later events of the same key first. So this process appends nothing until they have released
/// their partitions: usually some milliseconds, because they are told; a second if the notification is lost; and if one has crashed or
/// was cut off, the rest of its lease.
/// </summary>
internal sealed partial class UnawareOwners(
    LeaseCoordinator leases, IStorage storage, StorageAccess access, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The wait after which it is logged; and how long an owner that has seen the definition may still finish its events.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly StandstillMonitor _standstill = new(time, storage.HasEnded);

    /// <summary>The lease of each owner when it was first seen, and when it was seen renewed.</summary>
    private readonly Dictionary<(long Id, long Epoch), (string? Mark, long? RenewedAt)> _seen = [];

    /// <summary>Completes when no owner of these subscriptions is unaware of the definition.</summary>
    /// <param name="subscriptions">One partition of each subscription.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task WaitAsync(IReadOnlyCollection<SubscriptionKey> subscriptions, CancellationToken ct)
    {
        var beganAt = time.GetTimestamp();
        var isLogged = false;
        for (var pause = ShortestPause; ; pause = Backoff.Doubled(pause, LongestPause))
        {
            var askedAt = time.GetTimestamp();
            var rows = await access.RunAsync(
                static (look, token) => look.leases.LookAsync(look.subscriptions, token), (leases, subscriptions), StorageOperation.Read,
                ct).ConfigureAwait(false);
            _standstill.See(rows, askedAt);
            if (rows.Find(IsUnaware) is not { } unaware)
                return;

            if (!isLogged && time.GetElapsedTime(beganAt) >= Patience)
            {
                LogWaiting(logger, unaware.Key.Name, unaware.Key.Partition, unaware.Owner!, unaware.ExpiresIn ?? TimeSpan.Zero);
                isLogged = true;
            }

            await Task.Delay(pause, time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether the owner may not have seen the definition. Changing the definition marks the owner as not covering it and requests its
    /// partition; the next owner acquires the partition with the definition.
    /// </summary>
    private bool IsUnaware(SubscriptionRow row)
    {
        if (row is not { Owner: { } owner, IsCovered: false, RequestedBy: not null, ExpiresIn.Ticks: > 0 } || owner == leases.Owner
            || _standstill.Find(row.Key) is not null)
            return false;

        // A renewal returns the definition to the owner. What it does then takes no time, unless events are being handled: it starts no
        // others.
        var seen = _seen.TryGetValue((row.Id, row.Epoch), out var known) ? known : (row.LeaseMark, null);
        if (seen.RenewedAt is null && row.LeaseMark != seen.Mark)
            seen.RenewedAt = time.GetTimestamp();

        _seen[(row.Id, row.Epoch)] = seen;
        return seen.RenewedAt is not { } renewedAt || time.GetElapsedTime(renewedAt) < Patience;
    }

    [LoggerMessage(
        6006, LogLevel.Information,
        "The start waits until {Owner} has released partition {Partition} of subscription '{Name}': it may not know yet what this " +
        "process handles, and would deliver later events first. Its lease expires within {Lease} unless it is renewed")]
    private static partial void LogWaiting(ILogger logger, SubscriptionName name, int partition, string owner, TimeSpan lease);
}
