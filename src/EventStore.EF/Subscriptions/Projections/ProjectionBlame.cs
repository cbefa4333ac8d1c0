using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Processing;

namespace EventStore.EF.Subscriptions.Projections;

/// <summary>
/// Decides who caused a projection's transaction to fail: the store's database, which is waited for without counting an attempt, or the
/// event. A driver's exception alone doesn't tell: it may come from a handler's slow statement, from a call that was not awaited, or from
/// another database. So the store's own connection is tested with a fenced write; if it answers, the database is available.
/// </summary>
internal sealed class ProjectionBlame(SubscriptionServices services)
{
    /// <summary>
    /// The number of times in a row that a broken connection or a conflict is not blamed on the event although the store's connection
    /// answers, as it does right after a restart or a failover. If an event has it each time, attempts are counted from then on.
    /// </summary>
    private const int MostExcuses = 10;

    private long _place;
    private int _excuses;

    /// <summary>Whether the database caused the failure.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="lease">The lease of the partition.</param>
    /// <param name="place">The position of the first event.</param>
    /// <param name="ct">Cancels the question.</param>
    /// <exception cref="SubscriptionLostException">Another process has taken over.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    public async ValueTask<bool> IsDatabasesAsync(ProjectionFailure failure, Lease lease, long place, CancellationToken ct)
    {
        var isStores = failure.Step is ProjectionStep.Preparing or ProjectionStep.Finishing;
        var kind = failure.Step is ProjectionStep.Handling
            ? services.Storage.ClassifyForeign(failure.Exception)
            : services.Storage.Classify(failure.Exception);
        switch (kind)
        {
            // A deadlock has two sides; this one was chosen to give way. A handler may also throw such an error each time.
            case StorageFailure.Conflict:
                return isStores || IsExcused(place);

            // Only in the store's own statements; a short lock timeout of a handler is its own choice.
            case StorageFailure.Locked:
                return isStores;

            case StorageFailure.Unavailable when failure.Step is ProjectionStep.Preparing:
                return true;

            case StorageFailure.Unavailable:
                break;

            default:
                return false;
        }

        switch (services.Storage.TroubleOf(failure.Exception))
        {
            case DriverTrouble.Misuse:
                return false;

            // What the context's own connection met, or what the store's meets too. Another database is none of the store's business.
            case DriverTrouble.Server:
                return failure.Step is not ProjectionStep.Handling || failure.IsAborted
                    || !await AnswersAsync(lease, ct).ConfigureAwait(false);

            default:
                return (failure.IsBroken && IsExcused(place)) || !await AnswersAsync(lease, ct).ConfigureAwait(false);
        }
    }

    private bool IsExcused(long place)
    {
        (_place, _excuses) = (place, _place == place ? _excuses + 1 : 1);
        return _excuses <= MostExcuses;
    }

    /// <summary>Whether the store's database accepts a write through the store's own connection.</summary>
    private async ValueTask<bool> AnswersAsync(Lease lease, CancellationToken ct)
    {
        try
        {
            await services.Leases.Checkpoints.ProveAsync(lease, ct).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (!LeaseEnds.Is(exception) && !ct.IsCancellationRequested)
        {
            _ = services.Storage.Classify(exception);
            return false;
        }
    }
}
