using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Streams;

/// <summary>Permanently removes events.</summary>
internal sealed class StreamRemover(SqliteDatabase database, SchemaName schema, string lockStatement)
{
    private readonly RemoveStatements _statements = new(schema);

    public async Task<bool> RemoveAsync(RemovalPlan plan, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await using var connection = database.OpenForWriting();
        await connection.ExecuteWhenFreeAsync("BEGIN IMMEDIATE", database.BusyTimeout, () => !ct.IsCancellationRequested)
            .ConfigureAwait(false);
        try
        {
            ct.ThrowIfCancellationRequested();
            var isRemoved = Remove(plan, connection, null);
            connection.Execute("COMMIT");
            await database.Files.RequireAsync(connection).ConfigureAwait(false);
            return isRemoved;
        }
        finally
        {
            // After a failure: the connection goes back to the pool.
            if (connection.IsInTransaction())
                raw.sqlite3_exec(connection.Handle, "ROLLBACK");
        }
    }

    /// <summary>Removes events inside the caller's transaction.</summary>
    public async Task<bool> RemoveAsync(RemovalPlan plan, SqliteTransaction transaction, CancellationToken ct)
    {
        using var savepoint = await Savepoint.SetAsync(transaction, lockStatement, ct).ConfigureAwait(false);
        database.RequireIsOpenIn(savepoint.Connection);
        if (!Remove(plan, savepoint.Connection, transaction))
            return false;

        savepoint.Keep();
        return true;
    }

    private bool Remove(RemovalPlan plan, SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var find = connection.Command(
            _statements.Find,
            ("@stream", plan.Stream.Value), ("@expected", plan.Expected.Version), ("@undeleted", plan.BeforeVersion is not null));
        find.Transaction = transaction;
        if (find.ExecuteScalar() is not long streamId)
            return false;

        using var remove = plan.BeforeVersion is { } before
            ? connection.Command(_statements.Truncate, ("@stream_id", streamId), ("@before", before))
            : connection.Command(_statements.Remove, ("@stream_id", streamId));
        remove.Transaction = transaction;
        var guards = Guards(connection, transaction);
        Execute(_statements.DropGuards, connection, transaction);
        remove.ExecuteNonQuery();
        foreach (var guard in guards)
            Execute(guard, connection, transaction);

        return true;
    }

    private List<string> Guards(SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var command = connection.Command(_statements.Guards);
        command.Transaction = transaction;
        using var reader = command.ExecuteReader();
        var guards = new List<string>();
        while (reader.Read())
            guards.Add(reader.GetString(0));

        return guards;
    }

    private static void Execute(string sql, SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var command = connection.Command(sql);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
