using System.Data.Common;
using EventStore.EF.Errors;
using EventStore.EF.Telemetry;
using Polly;
using Polly.Retry;

namespace EventStore.EF.Storage;

/// <summary>
/// Runs storage operations: retries them while the database is unavailable, and translates its exceptions into the store's own.
/// </summary>
internal sealed class StorageAccess : IDisposable
{
    private const string Unknown =
        "It is unknown whether the events were written: the request was sent, but no answer came. " +
        "It is safe to repeat the same call with the same NewEvent objects.";

    private readonly IStorage _storage;
    private readonly EventStoreOptions _options;
    private readonly OperationMeter _meter;
    private readonly string _whatToCheck;
    private readonly ResiliencePipeline _pipeline;
    private volatile bool _isDisposed;

    public StorageAccess(IStorage storage, StoreDatabase store, OperationMeter meter, TimeProvider time)
    {
        var options = store.Options;
        _whatToCheck = store.Provider.WhatToCheck;
        _storage = storage;
        _options = options;
        _meter = meter;
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.MaxRetryAttempts > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is { } exception
                    && IsWorthRepeating(exception, arguments.AttemptNumber, arguments.Context.CancellationToken)),
                MaxRetryAttempts = options.MaxRetryAttempts,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = TimeSpan.FromSeconds(5),
            });
        }

        _pipeline = builder.Build();
    }

    /// <summary>Runs work outside any System.Transactions transaction, because the store takes no part in one.</summary>
    /// <param name="work">The work. It may run more than once, but only once inside the caller's transaction.</param>
    /// <param name="state">The argument of the work.</param>
    /// <param name="operation">The kind of work.</param>
    /// <param name="ct">Cancels the work and the waiting between retries.</param>
    /// <exception cref="InvalidOperationException">
    /// The work is a write in the store's own transaction, inside a System.Transactions transaction.
    /// </exception>
    public ValueTask<TResult> RunAsync<TState, TResult>(
        Func<TState, CancellationToken, Task<TResult>> work, TState state, StorageOperation operation, CancellationToken ct)
    {
        if (operation.IsCallers)
            return RunHereAsync(work, state, operation, ct);

        if (operation.IsWrite)
            CallerTransactionScope.Refuse(operation.Stream);

        using (CallerTransactionScope.Leave())
            return RunHereAsync(work, state, operation, ct);
    }

    private async ValueTask<TResult> RunHereAsync<TState, TResult>(
        Func<TState, CancellationToken, Task<TResult>> work, TState state, StorageOperation operation, CancellationToken ct)
    {
        // Checked here, because the code below might open a connection or a file again.
        if (_isDisposed)
            throw Disposed();

        var attempts = new Attempts(operation.IsAppend) { Count = operation.IsOnce ? 1 : 0 };
        try
        {
            return operation.IsCallers || operation.IsOnce
                ? await work(state, ct).ConfigureAwait(false)
                : await _pipeline.ExecuteAsync(
                    static async (run, token) =>
                    {
                        try
                        {
                            run.Access.Begin(run.attempts);
                            return await run.work(run.state, token).ConfigureAwait(false);
                        }
                        catch (Exception exception) when (!run.operation.IsWrite && exception is not EventStoreException
                            && run.Access._storage.Classify(exception) is StorageFailure.Conflict)
                        {
                            throw new ConflictedReadException(exception);
                        }
                        catch (Exception exception) when (run.Access.Note(exception, run.attempts))
                        {
                            throw;
                        }
                    },
                    (Access: this, work, state, operation, attempts), ct).ConfigureAwait(false);
        }
        catch (ObjectDisposedException exception) when (_isDisposed)
        {
            throw Disposed(exception);
        }
        catch (Exception exception) when (Translate(exception, operation, attempts, ct) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Marks the store as disposed with the application's services: nobody can use it any more.</summary>
    public void Dispose() => _isDisposed = true;

    private static ObjectDisposedException Disposed(Exception? exception = null)
        => new(
            "The event store was disposed with its host, or with the services that created it. Use it only while they exist.", exception);

    private bool IsWorthRepeating(Exception exception, int attempt, CancellationToken ct)
    {
        if (exception is OperationCanceledException or EventStoreException || ct.IsCancellationRequested)
            return false;

        if (exception is ConflictedReadException)
            return true;

        var trouble = _storage.Diagnose(exception);
        return trouble.Failure is StorageFailure.Unavailable
            && (trouble.Repetition is StorageRepetition.Often || (trouble.Repetition is StorageRepetition.Once && attempt == 0));
    }

    private void Begin(Attempts attempts)
    {
        if (attempts.Count++ > 0 && attempts.AreAppends)
            _meter.Retried();
    }

    /// <summary>
    /// Records whether a write may have been carried out although it failed. Always returns false, so it catches nothing.
    /// </summary>
    private bool Note(Exception exception, Attempts attempts)
    {
        if (!attempts.MayBeDone && exception is not EventStoreException && !WroteNothing.IsMarked(exception)
            && _storage.Diagnose(exception) is { Failure: not StorageFailure.None, IsAnswered: false })
        {
            attempts.MayBeDone = true;
        }

        return false;
    }

    /// <summary>Returns the exception for the caller, or <see langword="null"/> if the original is to be passed on.</summary>
    private Exception? Translate(Exception exception, StorageOperation operation, Attempts attempts, CancellationToken ct)
    {
        var mayBeDone = operation is { IsWrite: true, IsCallers: false } && attempts.MayBeDone;
        if (exception is EventStoreException)
        {
            return mayBeDone && exception is LockTimeoutException locked ? Known(locked, mayBeDone) : null;
        }

        if (exception is OperationCanceledException)
        {
            return ct.IsCancellationRequested && ((OperationCanceledException)exception).CancellationToken != ct
                ? new OperationCanceledException(exception.Message, exception, ct)
                : null;
        }

        var trouble = _storage.Diagnose(exception);
        if ((trouble.Failure is not StorageFailure.None || exception is ConflictedReadException) && ct.IsCancellationRequested)
            return new OperationCanceledException("The call was cancelled.", exception, ct);

        var count = attempts.Count == 1 ? "1 attempt" : $"{attempts.Count} attempts";
        if (exception is ConflictedReadException { InnerException: { } conflict })
        {
            return new EventStoreUnavailableException(
                $"The event store's database cancelled the read, after {count}, because of other transactions, or on a stand-by of the " +
                $"primary's changes: {Reason(conflict)} Nothing was read.", false, conflict);
        }

        var what = trouble.Words is null
            ? $"The event store's database can't be reached, after {count}: {Reason(exception)} Check {_whatToCheck}."
            : trouble.Words.Replace(StorageTrouble.Attempts, $"after {count}", StringComparison.Ordinal);
        return trouble.Failure switch
        {
            StorageFailure.Unavailable when operation.IsCallers => new EventStoreUnavailableException(
                $"The caller's transaction is lost. {(trouble.Words is null ? Reason(exception) : what)} " +
                "Roll the transaction back if it still exists, and repeat all of it.", false, exception),
            StorageFailure.Unavailable => new EventStoreUnavailableException(
                $"{what} {Outcome(operation, mayBeDone)}", mayBeDone, exception),
            StorageFailure.Locked => Known(new(operation.Stream, trouble.Waited, [], exception, trouble.Words), mayBeDone),
            StorageFailure.Refused => new EventStoreUnavailableException(
                (trouble.Words ?? $"The event store's database refused: {Reason(exception)} Check {_whatToCheck}.") +
                $" {Outcome(operation, mayBeDone)}", mayBeDone, exception),
            StorageFailure.SchemaMissing => MissingSchema.Exception(_options.Schema, exception),
            StorageFailure.Conflict when operation is { IsCallers: true, Stream: { } stream }
                => new TransactionConflictException(stream, exception),
            _ => null,
        };
    }

    /// <summary>Returns the lock time-out itself only if no earlier attempt may have written; otherwise the outcome is unknown.</summary>
    private static EventStoreException Known(LockTimeoutException exception, bool mayBeDone) => mayBeDone
        ? new EventStoreUnavailableException(
            $"An earlier attempt received no answer and may itself hold the lock. {exception.Message} {Unknown}", true, exception)
        : exception;

    private static string Outcome(StorageOperation operation, bool mayBeDone)
        => mayBeDone ? Unknown : operation.IsWrite ? "Nothing was written." : "Nothing was read.";

    /// <summary>The message of the database's own exception and of its innermost cause; EF Core's wrapper adds nothing.</summary>
    private static string Reason(Exception exception)
    {
        var causes = new List<Exception>();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            causes.Add(cause);

        var first = (causes.Find(cause => cause is DbException) ?? exception).Message.TrimEnd('.');
        var last = causes[^1].Message.TrimEnd('.');
        return first.Contains(last, StringComparison.Ordinal) ? $"{first}." : $"{first}: {last}.";
    }

    /// <summary>A read outside the caller's transaction that the database cancelled because of others: it may be repeated.</summary>
    private sealed class ConflictedReadException(Exception conflict) : Exception(conflict.Message, conflict);

    /// <param name="areAppends">See <see cref="StorageOperation.IsAppend"/>.</param>
    private sealed class Attempts(bool areAppends)
    {
        public bool AreAppends => areAppends;

        public int Count { get; set; }

        /// <summary>
        /// Whether one of the attempts may have been carried out. An unknown outcome stays unknown, however a later attempt fails.
        /// </summary>
        public bool MayBeDone { get; set; }
    }
}
