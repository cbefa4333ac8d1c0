namespace EventStore.EF;

/// <summary>
/// Says whose fault a failed transaction of a projection is: the store's database's, which is waited for without counting an attempt, or the
/// event's. A driver's exception alone doesn't say so: it may come of a handler's slow statement, of a call that it forgot to await, or of
/// another database. So the store's own connection is asked, by a fenced write; when it answers, the database isn't away.
/// </summary>
internal sealed class ProjectionBlame(SubscriptionParts parts)
{
    /// <summary>
    /// So often in a row a connection that broke is not the event's fault although the store's connection answers: after a restart or a failover
    /// it does at once. An event that breaks its connection each time is counted from then on.
    /// </summary>
    private const int MostBreaks = 10;

    private long _place;
    private int _breaks;

    /// <summary>Whether it was the database's.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="lease">The hold on the part.</param>
    /// <param name="place">Of the first event.</param>
    /// <param name="ct">Cancels the question.</param>
    /// <exception cref="SubscriptionLostException">Another process has taken over.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    public async ValueTask<bool> IsDatabasesAsync(ProjectionFailure failure, Lease lease, long place, CancellationToken ct)
    {
        var isStores = failure.Step is ProjectionStep.Preparing or ProjectionStep.Finishing;
        switch (parts.Storage.Classify(failure.Exception))
        {
            // Deadlocks are between two, of which this one was chosen to give way.
            case StorageFailure.Conflict:
                return true;

            // In the store's own statements; a handler's own short wait is its affair.
            case StorageFailure.Locked:
                return isStores;

            case StorageFailure.Unavailable when failure.Step is ProjectionStep.Preparing:
                return true;

            case StorageFailure.Unavailable:
                break;

            default:
                return false;
        }

        switch (parts.Storage.TroubleOf(failure.Exception))
        {
            case DriverTrouble.Misuse:
                return false;

            case DriverTrouble.Server:
                return true;

            default:
                return (failure.IsBroken && IsExcused(place)) || !await AnswersAsync(lease, ct).ConfigureAwait(false);
        }
    }

    private bool IsExcused(long place)
    {
        (_place, _breaks) = (place, _place == place ? _breaks + 1 : 1);
        return _breaks <= MostBreaks;
    }

    /// <summary>Whether the store's database takes a write by the store's own connection.</summary>
    private async ValueTask<bool> AnswersAsync(Lease lease, CancellationToken ct)
    {
        try
        {
            await parts.Leases.ProveAsync(lease, ct).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (!LeaseEnds.Is(exception) && !ct.IsCancellationRequested)
        {
            _ = parts.Storage.Classify(exception);
            return false;
        }
    }
}
