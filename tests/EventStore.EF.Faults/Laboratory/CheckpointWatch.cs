using System.Data.Common;

namespace EventStore.EF.Faults;

/// <summary>Looks at the checkpoints all the time, from outside, and writes down what has changed.</summary>
internal sealed class CheckpointWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Laboratory _laboratory;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<(string, long), Checkpointed> _last = [];
    private readonly HashSet<(string, Guid)> _parked = [];
    private readonly Task _watching;
    private long _movedAt = TimeProvider.System.GetTimestamp();

    public CheckpointWatch(Laboratory laboratory)
    {
        _laboratory = laboratory;
        _watching = WatchAsync(_stopping.Token);
    }

    /// <summary>
    /// Waits until every checkpoint is at the store's head, for as long as they move. What is missing when none does any more is for the
    /// checker to name.
    /// </summary>
    public async Task CaughtUpAsync()
    {
        Interlocked.Exchange(ref _movedAt, TimeProvider.System.GetTimestamp());
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        while (TimeProvider.System.GetElapsedTime(Interlocked.Read(ref _movedAt)) < Patience && !await HaveCaughtUpAsync().ConfigureAwait(false))
            await timer.WaitForNextTickAsync().ConfigureAwait(false);
    }

    /// <summary>Whether an event was parked because of an error.</summary>
    public bool IsParked(string subscription, Guid id)
    {
        lock (_parked)
            return _parked.Contains((subscription, id));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task<bool> HaveCaughtUpAsync()
    {
        try
        {
            await using var connection = _laboratory.Connect();
            await connection.OpenAsync().ConfigureAwait(false);
            await using var command = connection.CreateCommand();
            command.CommandText =
                $"SELECT count(DISTINCT name) = {Subscriptions.All.Count} AND min(position) >= (SELECT coalesce(max(position), 0) FROM {_laboratory.Table("events")}) " +
                $"AND NOT EXISTS (SELECT 1 FROM {_laboratory.Table("parked_events")}) FROM {_laboratory.Table("subscriptions")}";
            return Convert.ToBoolean(await command.ExecuteScalarAsync().ConfigureAwait(false), null);
        }
        catch (DbException)
        {
            return false;
        }
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
                await LookAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = _laboratory.Connect();
            await connection.OpenAsync(ct).ConfigureAwait(false);
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT name, partition, epoch, position FROM {_laboratory.Table("subscriptions")}";
            var askedAt = HistoryLog.Now;
            await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
            while (await reader.ReadAsync(ct).ConfigureAwait(false))
            {
                var seen = new Checkpointed(askedAt, reader.GetString(0), (int)reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
                if (_last.TryGetValue((seen.Subscription, seen.Partition), out var last) && (last.Epoch, last.Position) == (seen.Epoch, seen.Position))
                    continue;

                _last[(seen.Subscription, seen.Partition)] = seen;
                Interlocked.Exchange(ref _movedAt, TimeProvider.System.GetTimestamp());
                await _laboratory.Log.WriteAsync(seen).ConfigureAwait(false);
            }

            await reader.DisposeAsync().ConfigureAwait(false);
            await LookAtParkedAsync(connection, ct).ConfigureAwait(false);
        }
        catch (DbException)
        {
            // The database is away, as it is meant to be now and then.
        }
    }

    private async Task LookAtParkedAsync(DbConnection connection, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT DISTINCT s.name, p.event_id FROM {_laboratory.Table("parked_events")} AS p JOIN {_laboratory.Table("subscriptions")} AS s ON s.id = p.subscription_id " +
            "WHERE p.attempts > 0";
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var (name, id) = (reader.GetString(0), reader.GetGuid(1));
            bool isNew;
            lock (_parked)
                isNew = _parked.Add((name, id));

            if (isNew)
                await _laboratory.Log.WriteAsync(new Parked(HistoryLog.Now, name, id)).ConfigureAwait(false);
        }
    }
}
