using System.Data.Common;
using System.Globalization;

namespace EventStore.EF.Specification;

/// <summary>A database of a test, and what somebody does to it behind the store's back.</summary>
public abstract class TestDatabase(string connectionString) : IAsyncDisposable
{
    /// <summary>As the store's provider takes it.</summary>
    public string ConnectionString { get; } = connectionString;

    /// <summary>The database's own clock, as an SQL expression.</summary>
    public abstract string Clock { get; }

    /// <summary>So long after the database's own clock, as an SQL expression.</summary>
    public abstract string Later(TimeSpan time);

    /// <summary>A connection of its own, closed.</summary>
    public abstract DbConnection Connect();

    /// <summary>The name of a table of the store, for SQL.</summary>
    public abstract string Table(string table, string schema = "eventstore");

    /// <summary>An open connection.</summary>
    public async Task<DbConnection> OpenAsync()
    {
        var connection = Connect();
        await connection.OpenAsync().ConfigureAwait(false);
        return connection;
    }

    /// <summary>Runs a statement; <c>{streams}</c>, <c>{events}</c> and so on stand for the store's tables.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync().ConfigureAwait(false);
        await using var command = Command(connection, sql);
        return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    /// <summary>Reads one value; names of tables as in <see cref="ExecuteAsync"/>.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await OpenAsync().ConfigureAwait(false);
        await using var command = Command(connection, sql);
        var value = await command.ExecuteScalarAsync().ConfigureAwait(false);
        return (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), CultureInfo.InvariantCulture)!;
    }

    /// <summary>A command; names of tables as in <see cref="ExecuteAsync"/>.</summary>
    public DbCommand Command(DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        foreach (var table in (string[])["events", "streams", "stream_links", "snapshots", "subscriptions", "parked_events", "store_info"])
            sql = sql.Replace($"{{{table}}}", Table(table), StringComparison.Ordinal);

        command.CommandText = sql;
        return command;
    }

    /// <summary>What the database's clock says.</summary>
    public async Task<DateTimeOffset> NowAsync()
    {
        await using var connection = await OpenAsync().ConfigureAwait(false);
        await using var command = Command(connection, $"SELECT {Clock}");
        await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await reader.ReadAsync().ConfigureAwait(false);
        return new(DateTime.SpecifyKind(reader.GetDateTime(0), DateTimeKind.Utc));
    }

    /// <summary>Marks a stream as deleted.</summary>
    public Task DeleteStreamAsync(StreamName stream) => ExecuteAsync($"UPDATE {{streams}} SET deleted_at = {Clock} WHERE name = {Literal(stream.Value)}");

    /// <summary>Writes an event behind the end of an existing stream, past the store.</summary>
    public async Task InsertEventAsync(StreamName stream, string type, string json, int schemaVersion = 1, string? metadata = null)
    {
        var name = Literal(stream.Value);
        await ExecuteAsync($"""
            INSERT INTO {"{events}"} (stream_id, version, event_id, type, schema_version, data, metadata)
            SELECT id, version + 1, '{Guid.CreateVersion7().ToString().ToUpperInvariant()}', {Literal(type)}, {schemaVersion}, {Literal(json)},
                {(metadata is null ? "NULL" : Literal(metadata))}
            FROM {"{streams}"} WHERE name = {name}
            """).ConfigureAwait(false);
        await ExecuteAsync($"UPDATE {{streams}} SET version = version + 1 WHERE name = {name}").ConfigureAwait(false);
    }

    /// <summary>How much stands in the store: what an operation that writes nothing leaves as it is.</summary>
    public async Task<StoreContent> ContentAsync() => new(
        await ScalarAsync<long>("SELECT count(*) FROM {events}").ConfigureAwait(false),
        await ScalarAsync<long>("SELECT coalesce(max(position), 0) FROM {events}").ConfigureAwait(false),
        await ScalarAsync<long>("SELECT count(*) FROM {streams}").ConfigureAwait(false),
        await ScalarAsync<long>("SELECT coalesce(sum(version), 0) FROM {streams}").ConfigureAwait(false),
        await ScalarAsync<long>("SELECT count(*) FROM {stream_links}").ConfigureAwait(false));

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

/// <summary>How much stands in a store.</summary>
public sealed record StoreContent(long Events, long LastPosition, long Streams, long Versions, long Links);
