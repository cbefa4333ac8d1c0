using System.Data.Common;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// Runs one statement a second for everything that this process holds and stands by for: every third of the lease duration it renews the
/// leases, otherwise it looks. An announcement makes it look immediately, so a second is the longest delay. It never waits for a row lock:
/// a locked row is tried again with the next beat.
/// </summary>
internal sealed partial class LeaseRenewer(
    string owner, IStorage storage, BackgroundConnections background, DefinitionStore definitions, TimeSpan duration, TimeProvider time,
    Func<SubscriptionKey, bool> isTaken, Loop loop, ILogger logger)
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The shortest time between two looks, however often something is announced: on SQLite every commit may be an announcement.
    /// </summary>
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(50);

    private readonly SubscriptionStatements _statements = storage.Statements.Subscriptions;
    private readonly TimeSpan _interval = duration / 3 < LongestInterval ? duration / 3 : LongestInterval;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Lease> _held = [];
    private readonly Dictionary<SubscriptionKey, Waiting> _waiting = [];
    private readonly Signal _look = new();
    private readonly StandstillMonitor _standstill = new(time, storage.HasEnded);
    private HashSet<SubscriptionKey> _paused = [];

    /// <summary>The rows that another session had locked when they were to be renewed, and those of them that were logged.</summary>
    private HashSet<long> _locked = [];
    private HashSet<long> _told = [];
    private long? _renewedAt;
    private bool _hasLooked;
    private bool _isFailing;

    /// <summary>Starts renewing a lease.</summary>
    public void Add(Lease lease)
    {
        lock (_lock)
            _held[lease.Id] = lease;

        _look.Set();
    }

    /// <summary>Stops renewing a lease.</summary>
    public void Remove(Lease lease)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(lease.Id, out var held) && held == lease)
                _held.Remove(lease.Id);
        }
    }

    /// <summary>Makes the heartbeat look immediately.</summary>
    public void Look() => _look.Set();

    /// <summary>Whether the partition was paused at the last look.</summary>
    public bool IsPaused(SubscriptionKey key) => Volatile.Read(ref _paused).Contains(key);

    /// <summary>
    /// The lease of a partition, if it was not renewed for its whole duration although it has not expired by the database's clock.
    /// </summary>
    public StillLease? StillLease(SubscriptionKey key) => _standstill.Find(key);

    /// <summary>
    /// Completes when a partition is free for this process or gone, or the subscription has another number of partitions.
    /// </summary>
    public async Task WaitForTurnAsync(SubscriptionKey key, int partitions, CancellationToken ct)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (!_waiting.TryGetValue(key, out var waiting))
                _waiting.Add(key, waiting = new(partitions, []));

            waiting.Turns.Add(turn);
        }

        _look.Set();
        try
        {
            await turn.Task.WaitAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                if (_waiting.TryGetValue(key, out var waiting) && waiting.Turns.Remove(turn) && waiting.Turns.Count == 0)
                    _waiting.Remove(key);
            }
        }
    }

    /// <summary>
    /// Beats until cancelled. Trouble with the database is logged and retried; meanwhile leases expire by their own clock.
    /// </summary>
    public Task RunAsync(CancellationToken ct) => loop.RunAsync(KeepAsync, ct);

    private async Task KeepAsync(CancellationToken ct)
    {
        while (true)
        {
            // Before the snapshot, which includes everything signalled until then.
            _look.Reset();
            var (leases, keys) = Snapshot();
            if (leases.Count == 0 && keys.Count == 0)
            {
                loop.Waits();
                await _look.WaitAsync(ct).ConfigureAwait(false);
                continue;
            }

            var began = time.GetTimestamp();
            var within = _interval;
            loop.Works();
            try
            {
                within = await BeatAsync(leases, keys, ct).ConfigureAwait(false);
                _isFailing = false;
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                _ = storage.Classify(exception);
                if (!_isFailing)
                    LogFailing(logger, exception);

                _isFailing = true;
            }

            loop.Waits(within);
            await _look.WaitAsync(within, time, ct).ConfigureAwait(false);
            if (Spacing - time.GetElapsedTime(began) is { Ticks: > 0 } early)
                await Task.Delay(early, time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Tells the other processes. Their own heartbeats would find the change too, only later.</summary>
    public async Task AnnounceAsync(CancellationToken ct)
    {
        try
        {
            await storage.AnnounceAsync(StoreChange.Subscriptions, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            _ = storage.Classify(exception);
            LogNotAnnounced(logger, exception.Message);
        }
    }

    private (List<Lease> Leases, HashSet<SubscriptionKey> Keys) Snapshot()
    {
        lock (_lock)
            return ([.. _held.Values], [.. _waiting.Keys]);
    }

    /// <summary>Returns how long to wait before the next beat.</summary>
    private async Task<TimeSpan> BeatAsync(List<Lease> leases, HashSet<SubscriptionKey> keys, CancellationToken ct)
    {
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        var due = IsRenewalDue() ? leases : leases.FindAll(lease => _locked.Contains(lease.Id));
        if (due.Count > 0)
        {
            var isComplete = await RenewAsync(connection, due, ct).ConfigureAwait(false);

            // A stand-by can wait for the next beat, unless every beat renews, as with very short leases.
            if (isComplete && due.Count == leases.Count && (keys.Count == 0 || _hasLooked))
            {
                _hasLooked = false;
                return _interval;
            }
        }

        var askedAt = time.GetTimestamp();
        var rows = await ReadAsync(
            connection, _statements.Look, ct,
            ("ids", JsonLists.Ids(leases.Select(lease => lease.Id))), ("waiting", JsonLists.Waiting(keys)),
            ("owner", owner)).ConfigureAwait(false);
        _hasLooked = true;
        await JudgeAsync(connection, leases, rows, ct).ConfigureAwait(false);
        TellOfLocked(leases);
        _standstill.See(rows.Values.Where(row => keys.Contains(row.Key)), askedAt);
        GiveTurns(keys, rows);
        await RequestAsync(connection, keys, rows, ct).ConfigureAwait(false);
        return UntilNext(keys, rows);
    }

    private bool IsRenewalDue() => _renewedAt is not { } at || time.GetElapsedTime(at) >= duration / 3 - (_interval / 2);

    /// <summary>Renews leases. False if one was not renewed, because it is lost or its row is locked: a look must tell which.</summary>
    private async Task<bool> RenewAsync(StoreConnection connection, List<Lease> leases, CancellationToken ct)
    {
        var askedAt = time.GetTimestamp();
        var renewed = await ReadAsync(
            connection, _statements.Renew, ct,
            ("ids", JsonLists.Ids(leases.Select(lease => lease.Id))), ("owner", owner),
            ("lease", duration.TotalSeconds)).ConfigureAwait(false);
        if (leases.Exists(lease => !_locked.Contains(lease.Id)))
            _renewedAt = askedAt;

        _locked = [];
        foreach (var lease in leases)
        {
            if (renewed.TryGetValue(lease.Id, out var row) && row.Epoch == lease.Epoch)
            {
                lease.Renewed(askedAt);
                Observe(lease, row);
            }
            else if (lease.LostBecause is null)
            {
                _locked.Add(lease.Id);
            }
        }

        _told.IntersectWith(_locked);
        return _locked.Count == 0;
    }

    /// <summary>Logs once that a lease expired because its row is locked: only its subscription waits, until the lock is gone.</summary>
    private void TellOfLocked(List<Lease> leases)
    {
        foreach (var lease in leases)
        {
            if (lease is { IsHeld: false, LostBecause: null } && _locked.Contains(lease.Id) && _told.Add(lease.Id))
                LogLocked(logger, lease.Key.Name, lease.Key.Partition);
        }
    }

    private async Task JudgeAsync(
        StoreConnection connection, List<Lease> leases, Dictionary<long, SubscriptionRow> rows, CancellationToken ct)
    {
        foreach (var lease in leases)
        {
            // A lease that was released in the meantime needs no judgement.
            lock (_lock)
            {
                if (!_held.TryGetValue(lease.Id, out var held) || held != lease)
                    continue;
            }

            if (rows.TryGetValue(lease.Id, out var row) && row.Epoch == lease.Epoch && (row.Owner ?? owner) == owner)
                Observe(lease, row);
            else
                lease.Lose(
                    row?.Owner is null ? LeaseEnd.Rewound : LeaseEnd.TakenOver,
                    await definitions.FindShapeAsync(connection, lease.FirstId, ct).ConfigureAwait(false));
        }
    }

    private void Observe(Lease lease, SubscriptionRow row)
    {
        lease.Observe(row.IsPaused, row.RequestedBy is { } by && by != owner, row.Replays);
        if (row.Definition != lease.Definition)
            lease.Redefined();
    }

    /// <summary>
    /// Wakes those whose turn it may be, and removes from the keys the subscriptions whose number of partitions differs: they no longer
    /// concern this process.
    /// </summary>
    private void GiveTurns(HashSet<SubscriptionKey> keys, Dictionary<long, SubscriptionRow> rows)
    {
        Volatile.Write(ref _paused, [.. rows.Values.Where(row => row.IsPaused).Select(row => row.Key)]);
        var unfree = rows.Values.Where(row => !row.IsFree && _standstill.Find(row.Key) is null).Select(row => row.Key).ToHashSet();
        var foreign = rows.Values.Where(IsForeign).Select(row => row.Key).ToHashSet();
        foreach (var key in keys)
        {
            if ((unfree.Contains(key) && !foreign.Contains(key)) || isTaken(key))
                continue;

            Waiting? waiting;
            lock (_lock)
                _waiting.Remove(key, out waiting);

            waiting?.Turns.ForEach(turn => turn.TrySetResult());
        }

        keys.ExceptWith(foreign);
    }

    private bool IsForeign(SubscriptionRow row)
    {
        lock (_lock)
            return _waiting.TryGetValue(row.Key, out var waiting) && waiting.Partitions != row.Partitions;
    }

    /// <summary>
    /// Requests a share: if another process has at least two partitions of a subscription more than this one, one of them. Requested
    /// partitions already count as moved. Also requests partitions whose owner cannot handle their events if this process can; never the
    /// reverse.
    /// </summary>
    private async Task RequestAsync(
        StoreConnection connection, HashSet<SubscriptionKey> keys, Dictionary<long, SubscriptionRow> rows, CancellationToken ct)
    {
        var hasAsked = false;
        foreach (var row in rows.Values)
        {
            if (row is { IsCovered: false, RequestedBy: null, Owner: not null, IsPaused: false, ExpiresIn.Ticks: > 0 } && row.Owner != owner
                && keys.Contains(row.Key) && definitions.Declared(row.Key) is not null
                && await definitions.IsCoveredAsync(connection, row.Key, row.Definition, ct).ConfigureAwait(false))
                hasAsked |= await RequestAsync(connection, row, ct).ConfigureAwait(false);
        }

        foreach (var subscription in rows.Values.GroupBy(row => (row.Key.Name, row.Key.Stream)).Where(group => group.Skip(1).Any()))
        {
            var mine = subscription.Count(row => row.RequestedBy is { } by ? by == owner : row.Owner == owner);
            var richest = subscription
                .Where(row => row is { RequestedBy: null, Owner: not null, ExpiresIn.Ticks: > 0 } && row.Owner != owner)
                .GroupBy(row => row.Owner).MaxBy(group => group.Count());
            if (richest?.Count() >= mine + 2
                && richest.Where(row => !row.IsPaused && keys.Contains(row.Key)).MaxBy(row => row.Key.Partition) is { } wanted
                && (!wanted.IsCovered
                    || await definitions.IsCoveredAsync(connection, wanted.Key, wanted.Definition, ct).ConfigureAwait(false)))
                hasAsked |= await RequestAsync(connection, wanted, ct).ConfigureAwait(false);
        }

        if (hasAsked)
            await AnnounceAsync(ct).ConfigureAwait(false);
    }

    private async Task<bool> RequestAsync(StoreConnection connection, SubscriptionRow wanted, CancellationToken ct)
    {
        await using var request = connection.Command(_statements.Request, ("id", wanted.Id), ("epoch", wanted.Epoch), ("owner", owner));
        return await request.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0;
    }

    /// <summary>Lets a stand-by look when the current owner's lease expires, by the database's clock or its own.</summary>
    private TimeSpan UntilNext(HashSet<SubscriptionKey> keys, Dictionary<long, SubscriptionRow> rows)
    {
        var within = _interval;
        foreach (var row in rows.Values)
        {
            if (row.ExpiresIn is { Ticks: > 0 } left && left < within && keys.Contains(row.Key))
                within = left + TimeSpan.FromMilliseconds(1);
        }

        if (_standstill.Within is { } still && still < within)
            within = still;

        return within;
    }

    private static async Task<Dictionary<long, SubscriptionRow>> ReadAsync(
        StoreConnection connection, string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = connection.Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var rows = new Dictionary<long, SubscriptionRow>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var row = SubscriptionRow.Read(reader);
            rows[row.Id] = row;
        }

        await reader.EndAsync(ct).ConfigureAwait(false);
        return rows;
    }

    [LoggerMessage(
        6003, LogLevel.Warning,
        "The leases of this process's subscriptions could not be renewed; this is retried every second. If they expire, another process " +
        "takes over")]
    private static partial void LogFailing(ILogger logger, Exception exception);

    [LoggerMessage(
        6004, LogLevel.Warning,
        "The lease of subscription '{Name}', partition {Partition}, could not be renewed: another session has locked its row in the " +
        "table of subscriptions. The partition waits until the lock is released; other subscriptions continue")]
    private static partial void LogLocked(ILogger logger, SubscriptionName name, int partition);

    [LoggerMessage(
        6005, LogLevel.Debug,
        "A change of a subscription could not be announced to other processes; they will find it within a second: {Reason}")]
    private static partial void LogNotAnnounced(ILogger logger, string reason);

    /// <param name="Partitions">The subscription's number of partitions as this process knows it.</param>
    /// <param name="Turns">Completed when it may be the waiters' turn.</param>
    private sealed record Waiting(int Partitions, List<TaskCompletionSource> Turns);
}
