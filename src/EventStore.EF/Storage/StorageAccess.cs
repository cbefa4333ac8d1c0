using System.Data.Common;
using Polly;
using Polly.Retry;

namespace EventStore.EF;

/// <summary>
/// Runs operations of the storage: repeats them while the database is away, and turns its exceptions into the store's own.
/// </summary>
internal sealed class StorageAccess
{
    private readonly IStorage _storage;
    private readonly EventStoreOptions _options;
    private readonly string _whatToCheck;
    private readonly ResiliencePipeline _pipeline;

    public StorageAccess(IStorage storage, EventStoreRegistration store, TimeProvider time)
    {
        var options = store.Options;
        _whatToCheck = store.Provider.WhatToCheck;
        _storage = storage;
        _options = options;
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.MaxRetryAttempts > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(exception => storage.Classify(exception) is StorageFailure.Unavailable),
                MaxRetryAttempts = options.MaxRetryAttempts,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = TimeSpan.FromSeconds(5),
            });
        }

        _pipeline = builder.Build();
    }

    /// <summary>Runs work outside any System.Transactions transaction, in which the store takes no part.</summary>
    /// <param name="work">May run more than once, but only once inside a transaction of the caller's.</param>
    /// <param name="state">Handed to the work.</param>
    /// <param name="operation">What kind of work it is.</param>
    /// <param name="ct">Cancels the work and the waiting between repetitions.</param>
    /// <exception cref="InvalidOperationException">It is a write of the store's own inside a System.Transactions transaction.</exception>
    public ValueTask<TResult> RunAsync<TState, TResult>(
        Func<TState, CancellationToken, Task<TResult>> work, TState state, StorageOperation operation, CancellationToken ct)
    {
        if (operation.IsCallers)
            return RunHereAsync(work, state, operation, ct);

        if (operation.IsWrite)
            CallersScope.Refuse(operation.Stream);

        using (CallersScope.Leave())
            return RunHereAsync(work, state, operation, ct);
    }

    private async ValueTask<TResult> RunHereAsync<TState, TResult>(
        Func<TState, CancellationToken, Task<TResult>> work, TState state, StorageOperation operation, CancellationToken ct)
    {
        try
        {
            return operation.IsCallers
                ? await work(state, ct).ConfigureAwait(false)
                : await _pipeline.ExecuteAsync(
                    static async (run, token) => await run.work(run.state, token).ConfigureAwait(false), (work, state), ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not EventStoreException && Translate(exception, operation) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>The store's exception for one of the database, or <see langword="null"/> when it is to be passed on as it is.</summary>
    private EventStoreException? Translate(Exception exception, StorageOperation operation) => _storage.Classify(exception) switch
    {
        StorageFailure.Unavailable when operation.IsCallers => new EventStoreUnavailableException(
            $"The database of the transaction can't be reached: {Reason(exception)} Roll the transaction back, as far as it is still there, and repeat the whole of it.", false, exception),
        StorageFailure.Unavailable => new EventStoreUnavailableException(
            $"The event store's database can't be reached, after {_options.MaxRetryAttempts + 1} attempts: {Reason(exception)} " +
            (operation.IsWrite ? "Whether the events were written is unknown; the same call with the same NewEvent objects may be repeated safely." : $"Check {_whatToCheck}."),
            operation.IsWrite, exception),
        StorageFailure.Refused => new EventStoreUnavailableException(
            $"The event store's database refused: {Reason(exception)} Check {_whatToCheck}.", false, exception),
        StorageFailure.SchemaMissing => SchemaGuard.Missing(_options.Schema, exception),
        StorageFailure.Conflict when operation is { IsCallers: true, Stream: { } stream } => new TransactionConflictException(stream, exception),
        _ => null,
    };

    /// <summary>What the database's own exception says, and what was behind it; EF Core's wrapping says nothing more.</summary>
    private static string Reason(Exception exception)
    {
        var causes = new List<Exception>();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            causes.Add(cause);

        var first = (causes.Find(cause => cause is DbException) ?? exception).Message.TrimEnd('.');
        var last = causes[^1].Message.TrimEnd('.');
        return first.Contains(last, StringComparison.Ordinal) ? $"{first}." : $"{first}: {last}.";
    }
}
