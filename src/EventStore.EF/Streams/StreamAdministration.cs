using System.Data.Common;

namespace EventStore.EF;

/// <summary>Looks at streams, deletes and truncates them.</summary>
internal sealed class StreamAdministration(StoreParts parts, DbTransaction? transaction) : IStreamAdministration
{
    private readonly StreamList _list = new(parts, transaction);

    private DbTransaction? Transaction => parts.Joined(transaction);

    public Task<StreamInfo?> GetAsync(StreamName stream, CancellationToken ct = default)
    {
        _ = stream.Value;
        return _list.GetAsync(stream, ct);
    }

    public IAsyncEnumerable<StreamInfo> ListAsync(StreamListOptions? options = null, CancellationToken ct = default)
    {
        options ??= StreamListOptions.Default;
        options.Validate();
        return _list.ListAsync(options, ct);
    }

    public Task DeleteAsync(StreamName stream, ExpectedVersion expected, CancellationToken ct = default)
        => ChangeAsync(
            stream, expected, isForDeleted: false,
            token => ExecuteAsync(stream, parts.Storage.Statements.Streams.Delete, token, ("name", stream.Value), ("expected", expected.Version)), ct);

    public async Task UndeleteAsync(StreamName stream, CancellationToken ct = default)
        => await RunAsync(stream, async token =>
        {
            // A stream that isn't deleted is as it should be; only a missing one can't be brought back.
            if (await ExecuteAsync(stream, parts.Storage.Statements.Streams.Undelete, token, ("name", stream.Value)).ConfigureAwait(false)
                || (await InspectAsync(stream, ExpectedVersion.StreamExists, token).ConfigureAwait(false)).Streams[0].Version is not null)
            {
                return true;
            }

            throw new StreamNotFoundException(stream);
        }, ct).ConfigureAwait(false);

    public Task HardDeleteAsync(StreamName stream, ExpectedVersion expected, CancellationToken ct = default)
        => parts.Store.Options.AllowHardDelete
            ? ChangeAsync(
                stream, expected, isForDeleted: true,
                token => parts.Storage.RemoveAsync(new(stream, expected, null), Transaction, token), ct)
            : throw new NotSupportedException(
                $"Stream '{stream}' is not removed: this store keeps its events for ever. Set EventStoreOptions.AllowHardDelete to allow it, or delete the stream reversibly with DeleteAsync.");

    public Task TruncateAsync(StreamName stream, long beforeVersion, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(beforeVersion, 1);
        return ChangeAsync(
            stream, ExpectedVersion.StreamExists, isForDeleted: false,
            token => parts.Storage.RemoveAsync(new(stream, ExpectedVersion.StreamExists, beforeVersion), Transaction, token), ct);
    }

    /// <summary>Changes a stream by one statement that checks it too; when that changed nothing, says why, or tries again.</summary>
    private async Task ChangeAsync(
        StreamName stream, ExpectedVersion expected, bool isForDeleted, Func<CancellationToken, Task<bool>> change, CancellationToken ct)
        => await RunAsync(stream, async token =>
        {
            while (!await change(token).ConfigureAwait(false))
                ThrowIfRefused(stream, expected, isForDeleted, await InspectAsync(stream, expected, token).ConfigureAwait(false));

            return true;
        }, ct).ConfigureAwait(false);

    private static void ThrowIfRefused(StreamName stream, ExpectedVersion expected, bool isForDeleted, WriteInspection found)
    {
        if (found.Streams[0].Version is not { } version)
            throw new StreamNotFoundException(stream);

        if (found.Streams[0].IsDeleted && !isForDeleted)
            throw new StreamDeletedException(stream);

        if (found.IsSnapshot)
            throw new TransactionConflictException(stream);

        if (!expected.Accepts(version))
            throw new WrongExpectedVersionException(stream, expected, version);
    }

    private async ValueTask<bool> RunAsync(StreamName stream, Func<CancellationToken, Task<bool>> work, CancellationToken ct)
    {
        _ = stream.Value;
        var isCallers = Transaction is not null;
        var isDone = await parts.Access.RunAsync(static (run, token) => run(token), work, new(stream, IsWrite: true, isCallers), ct).ConfigureAwait(false);

        // Whoever subscribes to the stream is told; of a caller's commit nobody hears, and polling finds it.
        if (!isCallers)
            parts.WakeUp.Appended();

        return isDone;
    }

    private Task<WriteInspection> InspectAsync(StreamName stream, ExpectedVersion expected, CancellationToken ct)
        => parts.Storage.InspectAsync([new ConditionPlan(stream, expected)], Transaction, ct);

    private Task<bool> ExecuteAsync(StreamName stream, string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        return Transaction is null ? parts.Storage.WaitForLocksAsync(stream, RunOwnAsync, ct) : RunAsync(Transaction, ct);

        async Task<bool> RunOwnAsync(Func<DbConnection, CancellationToken, Task>? limitWaits, CancellationToken token)
        {
            if (limitWaits is null)
                return await RunAsync(null, token).ConfigureAwait(false);

            await using var connection = await StoreConnection.OpenAsync(parts.Contexts.Factory, token).ConfigureAwait(false);
            await using var own = await connection.Connection.BeginTransactionAsync(token).ConfigureAwait(false);
            await limitWaits(connection.Connection, token).ConfigureAwait(false);
            await using var command = connection.Connection.Command(sql, parameters);
            command.Transaction = own;
            var isDone = await command.ExecuteNonQueryAsync(token).ConfigureAwait(false) > 0;
            await own.CommitAsync(token).ConfigureAwait(false);
            return isDone;
        }

        async Task<bool> RunAsync(DbTransaction? callers, CancellationToken token)
        {
            await parts.Storage.WaitForWriteLockAsync(callers, token).ConfigureAwait(false);
            await using var connection = await StoreConnection.OpenAsync(parts.Contexts.Factory, callers, token).ConfigureAwait(false);
            await using var command = connection.Command(sql, parameters);
            return await command.ExecuteNonQueryAsync(token).ConfigureAwait(false) > 0;
        }
    }
}
