using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Who works on which subscription: taken, renewed for the whole process at once, fenced and given back in the database, by the
/// database's clock alone. No session locks: they are lost silently when a connection breaks, and don't work behind PgBouncer.
/// </summary>
internal sealed partial class Leases(
    IStorage storage, IDbContextFactory<EventStoreDbContext> contexts, EventStoreOptions options, TimeProvider time, ILogger<Leases> logger)
{
    private readonly ConcurrentDictionary<long, Lease> _held = new();
    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    /// <summary>Takes the subscription, making its row when it is new. Returns null while another process holds it.</summary>
    public async Task<Lease?> TryAcquireAsync(SubscriptionName name, string stream, CancellationToken ct)
    {
        var askedAt = time.GetTimestamp();
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        if (await AcquireAsync(connection.Connection, name, stream, askedAt, ct).ConfigureAwait(false) is { } lease)
            return lease;

        await using var create = connection.Connection.Command(storage.Statements.Subscriptions.Create, ("name", name.Value), ("stream", stream));
        return await create.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0
            ? await AcquireAsync(connection.Connection, name, stream, askedAt, ct).ConfigureAwait(false)
            : null;
    }

    /// <summary>Moves the checkpoint.</summary>
    /// <exception cref="SubscriptionLostException">Another process has taken over; the checkpoint stays as that one has it.</exception>
    public async Task CheckpointAsync(Lease lease, SubscriptionName name, long position, CancellationToken ct)
    {
        var askedAt = time.GetTimestamp();
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        if (await CheckpointAsync(connection.Connection, null, lease, position, ct).ConfigureAwait(false))
        {
            lease.Renewed(askedAt);
            return;
        }

        lease.Lose();
        throw new SubscriptionLostException(name);
    }

    /// <summary>Keeps the handler's error in sight of whoever looks at the subscription.</summary>
    public async Task FailAsync(Lease lease, string error, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = connection.Connection.Command(storage.Statements.Subscriptions.Fail, ("id", lease.Id), ("epoch", lease.Epoch), ("error", error));
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Gives the subscription back. Another process takes it at once, not only after the lease.</summary>
    public async Task ReleaseAsync(Lease lease, CancellationToken ct)
    {
        _held.TryRemove(new(lease.Id, lease));
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = connection.Connection.Command(storage.Statements.Subscriptions.Release, ("id", lease.Id), ("epoch", lease.Epoch));
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Forgets a lease that could not be given back, or was lost.</summary>
    public void Forget(Lease lease) => _held.TryRemove(new(lease.Id, lease));

    /// <summary>Renews all leases of this process, every third of their duration, until cancelled.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(options.LeaseDuration / 3, time);
        while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
        {
            try
            {
                await RenewAsync(ct).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                LogNotRenewed(logger, exception);
            }

            foreach (var lease in _held.Values)
            {
                if (!lease.IsHeld)
                    lease.Lose();
            }
        }
    }

    private async Task<Lease?> AcquireAsync(DbConnection connection, SubscriptionName name, string stream, long askedAt, CancellationToken ct)
    {
        await using var acquire = connection.Command(
            storage.Statements.Subscriptions.Acquire, ("name", name.Value), ("stream", stream), ("owner", _owner), ("lease", options.LeaseDuration.TotalSeconds));
        await using var reader = await acquire.ExecuteReaderAsync(ct).ConfigureAwait(false);
        if (!await reader.ReadAsync(ct).ConfigureAwait(false))
            return null;

        var lease = new Lease(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), askedAt, options.LeaseDuration, time);
        _held[lease.Id] = lease;
        return lease;
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        var leases = _held.Values;
        if (leases.Count == 0)
            return;

        var askedAt = time.GetTimestamp();
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = connection.Connection.Command(storage.Statements.Subscriptions.Renew, ("owner", _owner), ("lease", options.LeaseDuration.TotalSeconds));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var held = new HashSet<long>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            held.Add(reader.GetInt64(0));

        foreach (var lease in leases)
        {
            if (held.Contains(lease.Id))
                lease.Renewed(askedAt);
            else
                lease.Lose();
        }
    }

    private async Task<bool> CheckpointAsync(DbConnection connection, DbTransaction? transaction, Lease lease, long position, CancellationToken ct)
    {
        await using var command = connection.Command(
            storage.Statements.Subscriptions.Checkpoint, ("id", lease.Id), ("epoch", lease.Epoch), ("position", position), ("lease", options.LeaseDuration.TotalSeconds));
        command.Transaction = transaction;
        return await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0;
    }

    [LoggerMessage(LogLevel.Warning, "The leases of this process's subscriptions could not be renewed; another process takes them when they run out")]
    private static partial void LogNotRenewed(ILogger logger, Exception exception);
}
