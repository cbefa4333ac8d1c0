using System.Data.Common;
using EventStore.EF.Storage;

namespace EventStore.EF.Streams;

/// <summary>Inspects, deletes and truncates streams.</summary>
internal sealed class StreamAdministration(
    IStorage storage, StorageAccess access, StoreContexts contexts, AppendNotifier notifier, EventStoreOptions options,
    DbTransaction? transaction = null)
    : IStreamAdministration
{
    private readonly StreamList _list = new(storage, access, contexts, transaction);

    private DbTransaction? Transaction => AmbientTransaction.Join(storage, transaction);

    /// <summary>The same streams inside a transaction of the caller.</summary>
    public StreamAdministration In(DbTransaction callers) => new(storage, access, contexts, notifier, options, callers);

    public Task<StreamInfo?> FindAsync(StreamName stream, CancellationToken cancellationToken = default)
    {
        _ = stream.Value;
        return _list.FindAsync(stream, cancellationToken);
    }

    public IAsyncEnumerable<StreamInfo> ListAsync(StreamListOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= StreamListOptions.Default;
        options.Validate();
        return _list.ListAsync(options, cancellationToken);
    }

    public Task DeleteAsync(StreamName stream, ExpectedVersion expected, CancellationToken cancellationToken = default)
        => ChangeAsync(
            stream, expected, isForDeleted: false,
            token => ExecuteAsync(
                stream, storage.Statements.Streams.Delete, token, ("name", stream.Value), ("expected", expected.Version)),
            cancellationToken);

    public async Task UndeleteAsync(StreamName stream, CancellationToken cancellationToken = default)
        => await RunAsync(stream, async token =>
        {
            // A stream that isn't deleted is already in the requested state; only a missing one can't be restored.
            if (await ExecuteAsync(stream, storage.Statements.Streams.Undelete, token, ("name", stream.Value)).ConfigureAwait(false)
                || (await InspectAsync(stream, ExpectedVersion.StreamExists, token).ConfigureAwait(false)).Streams[0].Version is not null)
            {
                return true;
            }

            throw new StreamNotFoundException(stream);
        }, cancellationToken).ConfigureAwait(false);

    public Task HardDeleteAsync(StreamName stream, ExpectedVersion expected, CancellationToken cancellationToken = default)
        => options.AllowHardDelete
            ? ChangeAsync(
                stream, expected, isForDeleted: true,
                token => storage.RemoveAsync(new(stream, expected, null), Transaction, token), cancellationToken)
            : throw new NotSupportedException(
                $"Stream '{stream}' was not removed: this store doesn't allow permanent deletion. " +
                "Set EventStoreOptions.AllowHardDelete to allow it, or delete the stream reversibly with DeleteAsync.");

    public Task TruncateAsync(StreamName stream, long beforeVersion, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(beforeVersion, 1);
        return ChangeAsync(
            stream, ExpectedVersion.StreamExists, isForDeleted: false,
            token => storage.RemoveAsync(new(stream, ExpectedVersion.StreamExists, beforeVersion), Transaction, token), cancellationToken);
    }

    /// <summary>Changes a stream with one statement that also checks it; if it changed nothing, throws the reason or tries again.</summary>
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
        var isDone = await access.RunAsync(
            static (run, token) => run(token), work, new(stream, IsWrite: true, isCallers), ct).ConfigureAwait(false);

        // Wakes subscriptions to the stream. The commit of a caller's transaction isn't observed; polling finds it.
        if (!isCallers)
            notifier.Appended();

        return isDone;
    }

    private Task<WriteInspection> InspectAsync(StreamName stream, ExpectedVersion expected, CancellationToken ct)
        => storage.InspectAsync([new ConditionPlan(stream, expected)], Transaction, ct);

    private Task<bool> ExecuteAsync(StreamName stream, string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
        => StreamWrite.RunAsync(
            storage, contexts.Factory, Transaction, stream, async (connection, token) =>
            {
                await using var command = connection.Command(sql, parameters);
                return await command.ExecuteNonQueryAsync(token).ConfigureAwait(false) > 0;
            }, ct);
}
