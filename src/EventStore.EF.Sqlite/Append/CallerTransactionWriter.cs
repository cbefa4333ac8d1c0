using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Append;

/// <summary>Writes inside the caller's transaction, on the caller's connection.</summary>
internal sealed class CallerTransactionWriter(SqliteDatabase database, WriteStatements statements)
{
    /// <summary>
    /// Writes; <see langword="null"/> if one plan was refused. Then nothing is written, and the caller's transaction is unchanged.
    /// </summary>
    public async Task<AppendResult[]?> WriteAsync(IReadOnlyList<StreamPlan> plans, SqliteTransaction transaction, CancellationToken ct)
    {
        using var savepoint = await Savepoint.SetAsync(transaction, statements.Lock, ct).ConfigureAwait(false);
        database.RequireIsOpenIn(savepoint.Connection);
        using var commands = new WriteCommands(savepoint.Connection, statements);
        try
        {
            var results = commands.Write(plans).Results;
            if (results is not null)
                savepoint.Keep();

            return results;
        }
        catch (SqliteException exception)
        {
            savepoint.RollBack();
            if (commands.IsTaken(exception))
                return null;

            throw;
        }
    }
}
