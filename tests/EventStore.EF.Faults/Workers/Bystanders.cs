using System.Data;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Faults;

/// <summary>
/// Callers in the writers' process who do what nobody else may suffer from: they use the store inside transaction scopes that they roll back,
/// make conflicts in transactions of their own without end, and cancel what they have asked for.
/// </summary>
internal sealed class Bystanders(WorkerSettings settings, IEventStore store, IServiceScopeFactory scopes)
{
    /// <summary>What a bystander appends to; nothing of it may ever be stored.</summary>
    public const string Stream = "bystander";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(4);

    /// <summary>Uses the store inside scopes until cancelled. The first use is over when this returns.</summary>
    public async Task<Task> RunScopesAsync(CancellationToken ct)
    {
        await UseInScopeAsync().ConfigureAwait(false);
        return RepeatAsync(UseInScopeAsync, Pause, ct);
    }

    /// <summary>Makes conflicts and cancellations for a time.</summary>
    public Task DisturbAsync(TimeSpan time)
    {
        var ending = new CancellationTokenSource(time, TimeProvider.System);
        return Task.WhenAll(Enumerable.Range(0, 2).SelectMany(number => (Task[])
        [
            RepeatAsync(CancelAsync, ShortPause, ending.Token),
            settings.Provider is Provider.PostgreSql ? RepeatAsync(() => ConflictAsync($"shared-{number}"), ShortPause, ending.Token) : Task.CompletedTask,
        ]));
    }

    private static async Task RepeatAsync(Func<Task> work, TimeSpan pause, CancellationToken ct)
    {
        await Task.Yield();
        while (!ct.IsCancellationRequested)
        {
            await work().ConfigureAwait(false);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The append is to be refused; where it isn't, the scope takes it back.</summary>
    private async Task UseInScopeAsync()
    {
        try
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            await store.AppendManyAsync(Stream, ExpectedVersion.Any, [new NewEvent(new Written("bystander", 0))]).ConfigureAwait(false);

            // Others may append meanwhile, and are not to go down with this.
            await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Refused, as it is to be, or the database is away.
        }
    }

    /// <summary>Appends in a transaction whose snapshot is older than the last change of the stream.</summary>
    private async Task ConflictAsync(string stream)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var other = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<FaultContext>();
        try
        {
            await using var transaction = await context.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead).ConfigureAwait(false);
            await context.Companions.AnyAsync().ConfigureAwait(false);
            await other.ServiceProvider.GetRequiredService<FaultContext>().Database
                .ExecuteSqlAsync($"UPDATE eventstore.streams SET version = version WHERE name = {stream}").ConfigureAwait(false);
            await store.WithTransaction(transaction)
                .AppendManyAsync(stream, ExpectedVersion.Any, [new NewEvent(new Written("conflict", 0))]).ConfigureAwait(false);
            await transaction.RollbackAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A conflict, as wanted, or the database is away.
        }
    }

    private async Task CancelAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        try
        {
            await foreach (var _ in store.ReadAllAsync(new() { PageSize = 1000 }, patience.Token).ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or EventStoreException)
        {
            // Cancelled, as wanted, or the database is away.
        }
    }
}
