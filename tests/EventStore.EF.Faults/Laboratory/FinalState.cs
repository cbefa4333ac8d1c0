using System.Data.Common;

namespace EventStore.EF.Faults;

/// <summary>Writes down what stands in the database when everything is over: the truth, read by plain SQL and nothing of the store's.</summary>
internal sealed class FinalState(Laboratory laboratory)
{
    public async Task WriteAsync()
    {
        await using var connection = laboratory.Connect();
        await connection.OpenAsync().ConfigureAwait(false);
        await ReadAsync(
            connection,
            $"SELECT e.event_id, e.position, s.name, e.version FROM {laboratory.Table("events")} AS e JOIN {laboratory.Table("streams")} AS s ON s.id = e.stream_id",
            row => new Stored(HistoryLog.Now, row.GetGuid(0), new(row.GetInt64(1), row.GetString(2), row.GetInt64(3)))).ConfigureAwait(false);
        await ReadAsync(
            connection, $"SELECT \"Projection\", \"EventId\" FROM {FaultContext.EffectTable}",
            row => new Effect(HistoryLog.Now, row.GetString(0), row.GetGuid(1))).ConfigureAwait(false);
        await ReadAsync(
            connection, $"SELECT \"Operation\" FROM {FaultContext.CompanionTable}", row => new Accompanied(HistoryLog.Now, row.GetString(0))).ConfigureAwait(false);
    }

    private async Task ReadAsync(DbConnection connection, string sql, Func<DbDataReader, HistoryEntry> read)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        var written = Task.CompletedTask;
        while (await reader.ReadAsync().ConfigureAwait(false))
            written = laboratory.Log.WriteAsync(read(reader));

        await written.ConfigureAwait(false);
    }
}
