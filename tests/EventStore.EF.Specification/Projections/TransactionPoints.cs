using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace EventStore.EF.Specification;

/// <summary>Lets a test do something at any point of a projection's transactions, and wait for commits.</summary>
public sealed class TransactionPoints : IDbTransactionInterceptor, ISaveChangesInterceptor
{
    private TaskCompletionSource _committed = NewSignal();

    /// <summary>Runs at every point, with the context; throws or waits where a test wants it.</summary>
    public Func<TransactionPoint, DbContext, CancellationToken, Task>? OnPoint { get; set; }

    /// <summary>How many transactions were committed.</summary>
    public int Commits { get; private set; }

    /// <summary>Waits until the database is as wanted, looking after each commit; fails after 30 seconds without a commit.</summary>
    public async Task WaitAsync(Func<Task<bool>> isThere, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(isThere);
        while (true)
        {
            var committed = Volatile.Read(ref _committed).Task;
            if (await isThere())
                return;

            await committed.WaitAsync(TimeSpan.FromSeconds(30), ct);
        }
    }

    async ValueTask<InterceptionResult<DbTransaction>> IDbTransactionInterceptor.TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken)
    {
        await PassAsync(TransactionPoint.Beginning, eventData.Context!, cancellationToken);
        return result;
    }

    async ValueTask<DbTransaction> IDbTransactionInterceptor.TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken)
    {
        await PassAsync(TransactionPoint.Begun, eventData.Context!, cancellationToken);
        return result;
    }

    async ValueTask<InterceptionResult<int>> ISaveChangesInterceptor.SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken)
    {
        await PassAsync(TransactionPoint.Saving, eventData.Context!, cancellationToken);
        return result;
    }

    async ValueTask<int> ISaveChangesInterceptor.SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken)
    {
        await PassAsync(TransactionPoint.Saved, eventData.Context!, cancellationToken);
        return result;
    }

    async ValueTask<InterceptionResult> IDbTransactionInterceptor.TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken)
    {
        await PassAsync(TransactionPoint.Committing, eventData.Context!, cancellationToken);
        return result;
    }

    async Task IDbTransactionInterceptor.TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken)
    {
        Commits++;
        Interlocked.Exchange(ref _committed, NewSignal()).SetResult();
        await PassAsync(TransactionPoint.Committed, eventData.Context!, cancellationToken);
    }

    private Task PassAsync(TransactionPoint point, DbContext context, CancellationToken ct) => OnPoint?.Invoke(point, context, ct) ?? Task.CompletedTask;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
