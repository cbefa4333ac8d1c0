using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Faults;

/// <summary>Appends, writes down what it is about to do and what it was told, and repeats while the outcome is unknown.</summary>
internal sealed class Writer(IEventStore store, IServiceScopeFactory scopes, HistoryLog log, KillPoints kill, Streams streams, Rollout rollout, Random random)
{
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>Some transactions of the caller's stay open before they commit, at most so long.</summary>
    private const double LongestOpen = 0.2;

    /// <summary>A caller that stops waiting waits for so long at most.</summary>
    private const double LongestPatience = 0.003;

    /// <summary>The event is of the type that only the new build handles; it follows from the id, so a repetition has the same.</summary>
    private const byte ExtendedAbove = 192;

    /// <summary>How many events were acknowledged.</summary>
    public async Task<int> RunAsync(Intended operation, CancellationToken ct)
    {
        while (true)
        {
            await log.WriteAsync(operation with { Time = HistoryLog.Now }).ConfigureAwait(false);
            try
            {
                var results = operation.Kind switch
                {
                    OperationKinds.Accompanied => await AppendAccompaniedAsync(operation).ConfigureAwait(false),
                    OperationKinds.Cancelled => await AppendCancelledAsync(operation).ConfigureAwait(false),
                    _ => await AppendAsync(store, operation, CancellationToken.None).ConfigureAwait(false),
                };
                if (results is null)
                    return 0;

                kill.Reached(KillPoints.Appended);
                await log.WriteAsync(new Acknowledged(HistoryLog.Now, operation.Operation, results)).ConfigureAwait(false);
                foreach (var (append, result) in operation.Appends.Zip(results))
                    streams.Heard(append.Stream, result.StreamVersion);

                return operation.Appends.Sum(append => append.Ids.Count);
            }
            catch (WrongExpectedVersionException exception)
            {
                await log.WriteAsync(new Refused(HistoryLog.Now, operation.Operation, nameof(WrongExpectedVersionException), exception.Stream.Value, exception.Actual)).ConfigureAwait(false);
                streams.Heard(exception.Stream.Value, exception.Actual);
                return 0;
            }
            catch (EventStoreException exception) when (exception is EventStoreUnavailableException or LockTimeoutException)
            {
                HistoryEntry answer = exception is EventStoreUnavailableException { OutcomeUnknown: true }
                    ? new Unknown(HistoryLog.Now, operation.Operation, exception.GetType().Name)
                    : new Refused(HistoryLog.Now, operation.Operation, exception.GetType().Name);
                await log.WriteAsync(answer).ConfigureAwait(false);

                // At the end of the run the last word is the next process's, or nobody's.
                if (ct.IsCancellationRequested)
                    return 0;

                await Task.Delay(RepeatAfter, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task<IReadOnlyList<AppendResult>> AppendAsync(IEventStreams store, Intended operation, CancellationToken ct = default)
    {
        if (operation.Appends is [var only])
            return [await store.AppendManyAsync(only.Stream, Expected(only), Events(operation, only), ct).ConfigureAwait(false)];

        return await store.AppendManyAsync([.. operation.Appends.Select(append => new StreamAppend(append.Stream, Expected(append), Events(operation, append)))], ct).ConfigureAwait(false);
    }

    /// <summary>
    /// The results; <see langword="null"/> when it was rolled back or nobody knows, which is written down. What the database itself does to
    /// a transaction of the caller's is told by EF Core's exceptions, so these are not the store's to type.
    /// </summary>
    private async Task<IReadOnlyList<AppendResult>?> AppendAccompaniedAsync(Intended operation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<FaultContext>();
        var isCommitting = false;
        try
        {
            await using var transaction = await context.Database.BeginTransactionAsync().ConfigureAwait(false);
            context.Add(new Companion { Operation = operation.Operation });
            await context.SaveChangesAsync().ConfigureAwait(false);
            var results = await AppendAsync(store.WithTransaction(transaction), operation).ConfigureAwait(false);
            if (random.Next(8) == 0)
                await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * LongestOpen), TimeProvider.System).ConfigureAwait(false);

            await log.WriteAsync(new Committing(HistoryLog.Now, operation.Operation)).ConfigureAwait(false);
            isCommitting = true;
            await transaction.CommitAsync().ConfigureAwait(false);
            return results;
        }
        catch (Exception exception) when (exception is not WrongExpectedVersionException)
        {
            await log.WriteAsync(isCommitting
                ? new Unknown(HistoryLog.Now, operation.Operation, $"commit: {exception.GetType().Name}")
                : new Refused(HistoryLog.Now, operation.Operation, $"rolled back: {exception.GetType().Name}")).ConfigureAwait(false);
            return null;
        }
        finally
        {
            context.ChangeTracker.Clear();
        }
    }

    private static ExpectedVersion Expected(IntendedAppend append) => append.Expected is { } version ? version : ExpectedVersion.Any;

    /// <summary>The results; <see langword="null"/> when the caller stopped waiting: it may be stored, or not.</summary>
    private async Task<IReadOnlyList<AppendResult>?> AppendCancelledAsync(Intended operation)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(random.NextDouble() * LongestPatience), TimeProvider.System);
        try
        {
            return await AppendAsync(store, operation, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            await log.WriteAsync(new Unknown(HistoryLog.Now, operation.Operation, "cancelled")).ConfigureAwait(false);
            return null;
        }
    }

    private NewEvent[] Events(Intended operation, IntendedAppend append)
        => [.. append.Ids.Select((id, index) => new NewEvent(Data(operation, id, index)) { EventId = id })];

    private object Data(Intended operation, Guid id, int index)
        => rollout.HasBegun && id.ToByteArray()[14] > ExtendedAbove ? new Extended(operation.Operation, index) : new Written(operation.Operation, index);
}
