using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Sources;
using EventStore.EF.Threading;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// After an interruption, the server that answers may be a stand-by that had fallen behind, or an earlier state of the database. The
/// received events may then be gone and their positions assigned again: continuing from them would silently skip events.
/// </summary>
/// <param name="name">The subscription.</param>
/// <param name="place">The position after which the partition began.</param>
/// <param name="lease">The lease; <see langword="null"/> for a transient subscription.</param>
/// <param name="source">The source of the events.</param>
/// <param name="buffer">The events that arrive live.</param>
/// <param name="dispatcher">Knows what was received.</param>
/// <param name="signal">Wakes the loop, which calls <see cref="RunAsync"/>.</param>
/// <param name="services">What all subscriptions share.</param>
internal sealed class LossCheck(
    SubscriptionName name, long place, Lease? lease, ISubscriptionSource source, LiveBuffer buffer, Dispatcher dispatcher, Signal signal,
    SubscriptionServices services)
{
    private readonly IStorage _storage = services.Storage;
    private readonly Pulse _verified = new();
    private long _incarnation = lease?.Incarnation ?? services.Storage.Incarnation;

    /// <summary>The verified incarnation of the store.</summary>
    public long Incarnation => Interlocked.Read(ref _incarnation);

    /// <summary>The last event that was received.</summary>
    public RecordedEvent? Received { get; set; }

    /// <summary>
    /// Completes when the delivered events are known to be in the store: immediately, unless there was an interruption since. Effects of
    /// lost events must not be committed.
    /// </summary>
    public async ValueTask WaitAsync(CancellationToken ct)
    {
        while (_storage.Incarnation != Incarnation)
        {
            var verified = _verified.Next;
            if (_storage.Incarnation == Incarnation)
                return;

            signal.Set();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, dispatcher.Over);
            await verified.WaitAsync(ending.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Looks for the received events if there was an interruption since the last call.</summary>
    /// <exception cref="SubscriptionAheadException">Received events are lost.</exception>
    /// <exception cref="ProcessingAbortedException">The checkpoint shows that something committed with it is gone.</exception>
    public async ValueTask RunAsync(CancellationToken ct)
    {
        var incarnation = _storage.Incarnation;
        if (incarnation == Incarnation)
            return;

        var unchanged = _storage.UnchangedThrough(Incarnation);
        if (await source.FindLossAsync(Received, dispatcher.Received, unchanged, ct).ConfigureAwait(false) is { } loss)
            throw new SubscriptionAheadException(name, loss.Stream, loss.Place, loss.Head);

        // The buffer's content is from before, and the events that the filter left out beyond the certain position may be different ones
        // now.
        var certain = unchanged < long.MaxValue ? dispatcher.Received : await FindCertainAsync(ct).ConfigureAwait(false);
        source.Detach(buffer);
        buffer.Renew(incarnation);
        dispatcher.Change((machine, _) => machine.ReadAgain(certain));

        Interlocked.Exchange(ref _incarnation, incarnation);
        if (lease is not null)
            lease.Incarnation = incarnation;

        _verified.Set();
    }

    /// <summary>
    /// Finds the position up to which nothing that was passed can have changed, where the database cannot tell: the position of the last
    /// received event, which still exists, or the stored checkpoint, which is never newer than the events.
    /// </summary>
    private async ValueTask<long> FindCertainAsync(CancellationToken ct)
    {
        var certain = Received?.Number ?? place;
        var (committed, parked) = dispatcher.Written;
        if (lease is null || (dispatcher.Received <= certain && committed is null && parked is null))
            return certain;

        // A lost lease is reported elsewhere.
        if (await services.Leases.Checkpoints.StoredAsync(lease, ct).ConfigureAwait(false) is not { } stored)
            return certain;

        // If the last write has survived, so has everything written before it.
        var lost = stored < committed ? committed
            : stored < parked && !await services.Leases.Parked.IsThereAsync(lease, parked.Value, ct).ConfigureAwait(false) ? parked : null;
        return lost is { } at
            ? throw new ProcessingAbortedException(new CheckpointBehindException(stored, at))
            : Math.Max(certain, stored);
    }
}
