using EventStore.EF.Storage;
using EventStore.EF.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Sources;

/// <summary>
/// Logs the transactions that hold events back from the tail reader, each once, and measures how long they do. An open transaction that has
/// appended is normal until it is forgotten; then someone must find out whose it is.
/// </summary>
internal sealed partial class GapMonitor
{
    /// <summary>The wait before the holders are looked up, and between two lookups. Appends take milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IStorage _storage;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<(int? Pid, string? Prepared), long> _named = [];
    private Hold? _hold;
    private long _lookedAt;

    public GapMonitor(IStorage storage, StoreMeter meter, TimeProvider time, ILogger logger)
    {
        _storage = storage;
        _time = time;
        _logger = logger;
        meter.Measure(
            StoreMeter.HeldBackAge, "s", "How long events have been held back by a transaction that has appended and is still open.",
            () => Age.TotalSeconds);
    }

    /// <summary>The time for which nothing beyond the tail reader's position could be read; zero if nothing is held back.</summary>
    public TimeSpan Age => Volatile.Read(ref _hold) is { } hold ? _time.GetElapsedTime(hold.Since) : TimeSpan.Zero;

    /// <summary>Called for every page that the tail reader has read.</summary>
    public async Task ObserveAsync(AllPage page, CancellationToken ct)
    {
        if (!page.IsHeldBack)
        {
            if (page.IsEnd)
                _named.Clear();

            Volatile.Write(ref _hold, null);
            return;
        }

        if (_hold?.Through != page.Through)
            Volatile.Write(ref _hold, new(page.Through, _lookedAt = _time.GetTimestamp()));

        if (Age < Patience || _time.GetElapsedTime(_lookedAt) < Patience)
            return;

        _lookedAt = _time.GetTimestamp();
        foreach (var holder in await _storage.GetBlockingTransactionsAsync(ct).ConfigureAwait(false))
            Name(holder, page);
    }

    private void Name(BlockingTransaction holder, AllPage page)
    {
        // A transaction that began after the events were held back is not the cause.
        if (holder.Age < Age)
            return;

        // The same server process may be in its next transaction, which is a different holder.
        var key = (holder.SessionId, holder.PreparedName);
        if (_named.TryGetValue(key, out var namedAt) && !(holder.Age < _time.GetElapsedTime(namedAt)))
            return;

        _named[key] = _time.GetTimestamp();
        if (holder.PreparedName is { } prepared)
            LogPrepared(_logger, page.Through, page.HeldBackUpTo, prepared, holder.Age);
        else if (holder.IsAppender)
            LogOpen(_logger, page.Through, page.HeldBackUpTo, holder.SessionId, holder.Role, holder.Application, holder.Age);
        else
            LogStranger(_logger, page.Through, page.HeldBackUpTo, holder.SessionId, holder.Role, holder.Application);
    }

    [LoggerMessage(
        2001, LogLevel.Warning,
        "The events after position {Through}, up to {HeldBackUpTo}, are committed but cannot be delivered yet, because a transaction " +
        "that has appended is still open: server process {Pid} of role '{Role}', application '{Application}', open for {Age}. " +
        "Commit it, roll it back, or end it with pg_terminate_backend")]
    private static partial void LogOpen(
        ILogger logger, long through, long heldBackUpTo, int? pid, string? role, string? application, TimeSpan? age);

    [LoggerMessage(
        2002, LogLevel.Warning,
        "The events after position {Through}, up to {HeldBackUpTo}, are committed but cannot be delivered yet, because the store's lock " +
        "is held by a session that is no appender: server process {Pid} of role '{Role}', application '{Application}'. " +
        "End it with pg_terminate_backend, and keep other logins out of the database with REVOKE CONNECT")]
    private static partial void LogStranger(
        ILogger logger, long through, long heldBackUpTo, int? pid, string? role, string? application);

    [LoggerMessage(
        2003, LogLevel.Warning,
        "The events after position {Through}, up to {HeldBackUpTo}, are committed but cannot be delivered yet, because a transaction " +
        "that has appended is prepared and undecided: '{PreparedTransaction}', for {Age}. " +
        "Decide it with COMMIT PREPARED or ROLLBACK PREPARED")]
    private static partial void LogPrepared(ILogger logger, long through, long heldBackUpTo, string preparedTransaction, TimeSpan? age);

    /// <param name="Through">Nothing beyond this position can be read.</param>
    /// <param name="Since">The timestamp when this was first seen.</param>
    private sealed record Hold(long Through, long Since);
}
