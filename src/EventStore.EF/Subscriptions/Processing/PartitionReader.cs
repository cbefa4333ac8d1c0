using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Sources;
using EventStore.EF.Threading;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// Reads the events of a partition and gives the machine what the subscription selects: pages from storage while it catches up, then new
/// events from a buffer. Only the partition's loop calls it.
/// </summary>
/// <param name="lease">The lease; <see langword="null"/> for a transient subscription.</param>
/// <param name="source">The source of the events.</param>
/// <param name="buffer">The events that arrive live.</param>
/// <param name="dispatcher">Has the machine.</param>
/// <param name="lossCheck">Knows which incarnation of the store is verified, and is told the last event received.</param>
/// <param name="faults">Stands still at an event that this process can't handle.</param>
/// <param name="suspects">The events that may have ended the previous process; null if it ended cleanly.</param>
/// <param name="signal">Wakes the loop.</param>
/// <param name="subscription">The subscription.</param>
/// <param name="services">What all subscriptions share.</param>
internal sealed class PartitionReader(
    Lease? lease, ISubscriptionSource source, LiveBuffer buffer, Dispatcher dispatcher, LossCheck lossCheck, ProcessFaults faults,
    Suspects? suspects, Signal signal, SubscriptionDefinition subscription, SubscriptionServices services)
{
    /// <summary>
    /// The first wait while an open transaction holds back events that the tail reader has passed; doubled up to the polling interval.
    /// </summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    private readonly EventSelector _selector = new(
        subscription.Options, subscription.Key.Partition, settles: lease is not null, subscription.Coverage, subscription.Filter.EventTypes,
        subscription.Unknown, lease?.Finished ?? FinishedBefore.Nothing);

    private TimeSpan _look = FirstLook;
    private bool _hasCaughtUp;
    private Reading? _reading;

    /// <summary>Whether a page could be read at least once.</summary>
    public bool HasRead { get; private set; }

    /// <summary>Whether a page is being read.</summary>
    public bool IsReading => _reading is { Page.IsCompleted: false };

    /// <summary>Whether there are new events.</summary>
    public bool HasNews => buffer.HasNews;

    /// <summary>
    /// Whether there are new events and room for them. Events for which a slow consumer has no room stay in the buffer, which gives up when
    /// it is full.
    /// </summary>
    public bool CanTakeNews => dispatcher.TakesLive && buffer.HasNews;

    /// <summary>
    /// Requests a page and takes it when it has arrived; the next page is requested before this one is examined. Other work, especially a
    /// checkpoint, doesn't wait for the page.
    /// </summary>
    public async Task ReadPageAsync(long from, CancellationToken ct)
    {
        if (_reading?.From != from)
            BeginReading(from, ct);

        var reading = _reading!;
        if (!reading.Page.IsCompleted)
        {
            await signal.WaitAsync(ct).ConfigureAwait(false);
            return;
        }

        _reading = null;
        var page = await reading.Page.ConfigureAwait(false);
        HasRead = true;

        // After an interruption, a different server may have answered, or a different one may have been verified since.
        if (services.Storage.Incarnation != reading.Incarnation)
            return;

        if (page.Events.Count > 0)
            (_look, lossCheck.Received) = (FirstLook, page.Events[^1]);

        if (!page.IsEnd)
            BeginReading(page.Through + 1, ct);

        await SeeStreamAsync(ct).ConfigureAwait(false);

        // A stream's events always arrive in pages; the first page after catching up holds the new events.
        var (items, obstacle) = _selector.Take(page.Events, isLive: _hasCaughtUp && page.IsEnd);
        _hasCaughtUp = false;
        if (obstacle is not null)
        {
            // Nothing behind it is passed; it is read again until a process can handle it.
            if (obstacle.Event.Number > from)
                dispatcher.Change((machine, now) => machine.PageArrived(items, obstacle.Event.Number - 1, isEnd: false, now));

            await faults.StandStillAsync(obstacle, ct).ConfigureAwait(false);
            return;
        }

        faults.GoOn();
        dispatcher.Change((machine, now) => machine.PageArrived(items, page.Through, page.IsEnd, now));
    }

    /// <summary>Has new events arrive in the buffer from now on, unless there are others to be read first.</summary>
    public async Task AttachAsync(long place, CancellationToken ct)
    {
        var isAttached = source.TryAttach(buffer, place);
        dispatcher.Change((machine, _) => machine.Attached(isAttached));
        if (isAttached)
        {
            _hasCaughtUp = true;
            _look = FirstLook;
            suspects?.Bound(place);
            return;
        }

        // After a lost connection, an open transaction may hold back, for this reader, events that the tail reader has already passed. Its
        // end is not announced.
        await signal.WaitAsync(_look, services.Time, ct).ConfigureAwait(false);
        _look = Backoff.Doubled(_look, services.StoreOptions.PollingInterval);
    }

    /// <summary>Takes the new events out of the buffer.</summary>
    public void TakeNews()
    {
        var (events, through, hasGivenUp) = buffer.Take();
        if (events.Count > 0)
            lossCheck.Received = events[^1];

        IReadOnlyList<DeliveryItem> items;
        Obstacle? obstacle;
        try
        {
            (items, obstacle) = _selector.Take(events, isLive: true);
        }
        catch
        {
            // The events taken out of the buffer are read again from storage.
            source.Detach(buffer);
            dispatcher.Change((machine, now) => machine.LiveArrived([], 0, overflowed: true, now));
            throw;
        }

        if (obstacle is null)
        {
            dispatcher.Change((machine, now) => machine.LiveArrived(items, through, hasGivenUp, now));
            return;
        }

        // Reading arrives at it again and stands still there.
        source.Detach(buffer);
        dispatcher.Change((machine, now) => machine.LiveArrived(items, obstacle.Event.Number - 1, overflowed: true, now));
    }

    /// <summary>Ends reading, once its cancellation was requested: nothing arrives any more.</summary>
    public async Task EndAsync()
    {
        if (_reading is { } reading)
            await ((Task)reading.Page).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        source.Detach(buffer);
    }

    private void BeginReading(long from, CancellationToken ct)
    {
        source.Filter = subscription.WatchedFilter;
        var incarnation = lossCheck.Incarnation;
        var page = source.ReadAsync(from, subscription.Options.PageSize, ct);
        _reading = new(from, incarnation, page);
        _ = page.ContinueWith(
            static (_, signal) => ((Signal)signal!).Set(), signal, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Stores the id of a stream that is seen for the first time: a later stream of the same name is a different one.</summary>
    private async ValueTask SeeStreamAsync(CancellationToken ct)
    {
        if (lease is { StreamId: null } && source is StreamSource { StreamId: { } id })
            await services.Leases.Checkpoints.SetStreamAsync(lease, id, ct).ConfigureAwait(false);
    }

    /// <summary>A page that is being read or has arrived.</summary>
    /// <param name="From">The first position that it may contain.</param>
    /// <param name="Incarnation">The verified incarnation of the store when it was requested.</param>
    /// <param name="Page">The page.</param>
    private sealed record Reading(long From, long Incarnation, Task<SourcePage> Page);
}
