using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Names the transactions that hold events back from the tail reader, each once, and measures for how long they do. An open transaction
/// that has appended is nobody's fault until it is forgotten; then somebody has to know whose it is.
/// </summary>
internal sealed partial class HeldBackWatch
{
    /// <summary>Appends are over in milliseconds. Also the time between two looks for who it is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IStorage _storage;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<(int? Pid, string? Prepared), long> _named = [];
    private Hold? _hold;
    private long _lookedAt;

    public HeldBackWatch(IStorage storage, StoreMeter meter, TimeProvider time, ILogger<HeldBackWatch> logger)
    {
        _storage = storage;
        _time = time;
        _logger = logger;
        meter.Measure(
            StoreMeter.HeldBackAge, "s", "How long events have been held back by a transaction that has appended and is still open.",
            () => Age.TotalSeconds);
    }

    /// <summary>How long nothing behind the tail reader's position could be read; zero when nothing is held back.</summary>
    public TimeSpan Age => Volatile.Read(ref _hold) is { } hold ? _time.GetElapsedTime(hold.Since) : TimeSpan.Zero;

    /// <summary>To be told of every page that the tail reader read.</summary>
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
        foreach (var holder in await _storage.HoldersAsync(ct).ConfigureAwait(false))
            Name(holder, page);
    }

    private void Name(PositionHolder holder, AllPage page)
    {
        // Who began only after the events were held back is not who holds them.
        if (holder.Age < Age)
            return;

        // The same process may be in its next transaction by now, which is another holder.
        var key = (holder.Pid, holder.PreparedTransaction);
        if (_named.TryGetValue(key, out var namedAt) && !(holder.Age < _time.GetElapsedTime(namedAt)))
            return;

        _named[key] = _time.GetTimestamp();
        if (holder.PreparedTransaction is { } prepared)
            LogPrepared(_logger, page.Through, page.HeldBackUpTo, prepared, holder.Age);
        else
            LogOpen(_logger, page.Through, page.HeldBackUpTo, holder.Pid, holder.Application, holder.Age);
    }

    [LoggerMessage(LogLevel.Warning, "The events after position {Through}, up to {HeldBackUpTo}, are committed and can't be delivered yet, because a transaction that has appended is still open: server process {Pid}, application '{Application}', open for {Age}. Commit it, roll it back, or end it with pg_terminate_backend")]
    private static partial void LogOpen(ILogger logger, long through, long heldBackUpTo, int? pid, string? application, TimeSpan? age);

    [LoggerMessage(LogLevel.Warning, "The events after position {Through}, up to {HeldBackUpTo}, are committed and can't be delivered yet, because a transaction that has appended is prepared and undecided: '{PreparedTransaction}', for {Age}. Decide it with COMMIT PREPARED or ROLLBACK PREPARED")]
    private static partial void LogPrepared(ILogger logger, long through, long heldBackUpTo, string preparedTransaction, TimeSpan? age);

    /// <param name="Through">Nothing behind this position can be read.</param>
    /// <param name="Since">The timestamp when that was first seen.</param>
    private sealed record Hold(long Through, long Since);
}
