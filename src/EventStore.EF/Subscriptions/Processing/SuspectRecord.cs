using System.Diagnostics.CodeAnalysis;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>Writes a partition's <see cref="Suspicion"/> to its row, one change after the other.</summary>
/// <param name="lease">The lease of the partition.</param>
/// <param name="services">What all subscriptions share.</param>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A SemaphoreSlim whose wait handle is never used holds nothing to dispose")]
internal sealed class SuspectRecord(Lease lease, SubscriptionServices services)
{
    private static readonly TimeSpan LongestNote = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _lock = new();
    private Suspicion _wanted = lease.Suspicion.Taken() with
    {
        IsSuspected = lease.Suspicion.IsSuspected || lease.Suspicion.Alone is not null,
    };

    /// <summary>Whether the row may contain something else; so it does at first if an end has just been counted.</summary>
    private bool _isStale = true;

    /// <summary>What the row contains, or will contain after the next write.</summary>
    public Suspicion Current
    {
        get
        {
            lock (_lock)
                return _wanted;
        }
    }

    /// <summary>Writes until it succeeds; nothing if the row contains it.</summary>
    /// <param name="change">Returns what the row shall contain.</param>
    /// <param name="ct">Cancels it.</param>
    public Task WriteAsync(Func<Suspicion, Suspicion> change, CancellationToken ct)
        => services.WriteAsync(lease, token => TryWriteAsync(change, token), ct);

    /// <summary>Makes a change and writes it, even while the host stops. If the database fails, the next write includes it.</summary>
    public async Task NoteAsync(Func<Suspicion, Suspicion> change)
    {
        lock (_lock)
        {
            var changed = change(_wanted);
            _isStale |= changed != _wanted;
            _wanted = changed;
        }

        using var limit = new CancellationTokenSource(LongestNote, services.Time);
        try
        {
            await TryWriteAsync(static suspicion => suspicion, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // As if the database had failed.
        }
    }

    /// <summary>Writes once. If the database fails, returns false, and the change is not made.</summary>
    public async Task<bool> TryWriteAsync(Func<Suspicion, Suspicion> change, CancellationToken ct)
    {
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            Suspicion changed;
            lock (_lock)
            {
                changed = change(_wanted);
                if (!_isStale && changed == _wanted)
                    return true;

                _isStale = true;
            }

            await services.Leases.SuspectAsync(lease, changed, ct).ConfigureAwait(false);

            // Another change may have been noted meanwhile; the next write includes it.
            lock (_lock)
            {
                _wanted = change(_wanted);
                _isStale = changed != _wanted;
            }

            return true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            _ = services.Storage.Classify(exception);
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }
}
