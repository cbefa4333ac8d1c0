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
    private readonly ResiliencePipeline _pipeline;

    public StorageAccess(IStorage storage, EventStoreOptions options, TimeProvider time)
    {
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

    /// <param name="operation">May run more than once.</param>
    /// <param name="state">Handed to the operation.</param>
    /// <param name="isWrite">Whether the outcome is unknown when the connection breaks.</param>
    /// <param name="ct">Cancels the operation and the waiting between repetitions.</param>
    public async ValueTask<TResult> RunAsync<TState, TResult>(
        Func<TState, CancellationToken, Task<TResult>> operation, TState state, bool isWrite, CancellationToken ct)
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (run, token) => await run.operation(run.state, token).ConfigureAwait(false), (operation, state), ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not EventStoreException && Translate(exception, isWrite) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>The store's exception for one of the database, or <see langword="null"/> when it is to be passed on as it is.</summary>
    public EventStoreException? Translate(Exception exception, bool isWrite) => _storage.Classify(exception) switch
    {
        StorageFailure.Unavailable => new EventStoreUnavailableException(
            $"The event store's database can't be reached, after {_options.MaxRetryAttempts + 1} attempts: {Reason(exception)} " +
            (isWrite ? "Whether the events were written is unknown; the same call with the same NewEvent objects may be repeated safely." : $"Check {_storage.WhatToCheck}."),
            isWrite, exception),
        StorageFailure.Refused => new EventStoreUnavailableException(
            $"The event store's database refused: {Reason(exception)} Check {_storage.WhatToCheck}.", false, exception),
        StorageFailure.SchemaMissing => SchemaGuard.Missing(_options.Schema, exception),
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
