using System.Data.Common;
using System.Text.Json;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;

namespace EventStore.EF.Snapshots;

/// <summary>Stores snapshots in their own table.</summary>
internal sealed class SnapshotStore(
    IStorage storage, StorageAccess access, StoreContexts contexts, DbTransaction? transaction = null) : ISnapshots
{
    private const int MaxTypeLength = 255;

    private readonly SnapshotStatements _statements = storage.Statements.Snapshots;

    private DbTransaction? Transaction => AmbientTransaction.Join(storage, transaction);

    /// <summary>The same snapshots inside a transaction of the caller.</summary>
    public SnapshotStore In(DbTransaction callers) => new(storage, access, contexts, callers);

    public async Task<bool> RecordAsync(Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Check(snapshot);
        var isJson = ContentTypes.IsJson(snapshot.ContentType);
        var payload = snapshot.Payload.ToArray();
        return await RunAsync(snapshot.Source, isWrite: true, async (connection, token) =>
        {
            await using var command = connection.Command(
                _statements.Record,
                ("source", snapshot.Source.Value), ("type", snapshot.Type), ("version", snapshot.Version),
                ("content_type", snapshot.ContentType == ContentTypes.Json ? null : snapshot.ContentType),
                ("data", isJson ? payload : null), ("data_binary", isJson ? null : payload), ("metadata", snapshot.Metadata.ToJson()));
            return await command.ExecuteNonQueryAsync(token).ConfigureAwait(false) > 0;
        }, cancellationToken).ConfigureAwait(false);
    }

    public async Task<Snapshot?> FindAsync(StreamName source, string type, CancellationToken cancellationToken = default)
    {
        Check(type);
        return await RunAsync(source, isWrite: false, async (connection, token) =>
        {
            await using var command = connection.Command(_statements.Read, ("source", source.Value), ("type", type));
            await using var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            return await reader.ReadAsync(token).ConfigureAwait(false) ? Read(reader, source, type) : null;
        }, cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteAsync(StreamName source, string type, CancellationToken cancellationToken = default)
    {
        Check(type);
        await RunAsync(source, isWrite: true, async (connection, token) =>
        {
            await using var command = connection.Command(_statements.Delete, ("source", source.Value), ("type", type));
            return await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    private static Snapshot Read(DbDataReader reader, StreamName source, string type)
    {
        var isJson = !reader.IsDBNull(2);
        return new()
        {
            Source = source,
            Type = type,
            Version = reader.GetInt64(0),
            ContentType = reader.IsDBNull(1) ? ContentTypes.Json : reader.GetString(1),
            Payload = reader.GetFieldValue<byte[]>(isJson ? 2 : 3),
            Metadata = reader.IsDBNull(4) ? EventMetadata.Empty : EventMetadata.FromJson(reader.GetFieldValue<byte[]>(4)),
            CreatedAt = StoredTime.Read(reader, 5),
        };
    }

    private static void Check(Snapshot snapshot)
    {
        Check(snapshot.Type);
        ArgumentOutOfRangeException.ThrowIfNegative(snapshot.Version);
        ArgumentNullException.ThrowIfNull(snapshot.Metadata);
        ContentTypes.Check(snapshot.ContentType, nameof(snapshot));
        if (!ContentTypes.IsJson(snapshot.ContentType))
            return;

        try
        {
            ContentTypes.CheckJson(snapshot.Payload.Span);
        }
        catch (JsonException exception)
        {
            throw new ArgumentException(
                $"The snapshot '{snapshot.Type}' of stream '{snapshot.Source}' is declared as {snapshot.ContentType}, " +
                $"but it is not valid JSON: {exception.Message}", nameof(snapshot), exception);
        }
    }

    private static void Check(string type) => NameRules.Check(type, "snapshot type", MaxTypeLength, nameof(type));

    private ValueTask<TResult> RunAsync<TResult>(
        StreamName source, bool isWrite, Func<StoreConnection, CancellationToken, Task<TResult>> work, CancellationToken ct)
    {
        _ = source.Value;
        return access.RunAsync(
            (run, token) => isWrite
                ? StreamWrite.RunAsync(storage, contexts.Factory, Transaction, source, run, token)
                : ReadAsync(run, token),
            work, new(source, isWrite, Transaction is not null), ct);
    }

    private async Task<TResult> ReadAsync<TResult>(Func<StoreConnection, CancellationToken, Task<TResult>> read, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts.Factory, Transaction, ct).ConfigureAwait(false);
        return await read(connection, ct).ConfigureAwait(false);
    }
}
