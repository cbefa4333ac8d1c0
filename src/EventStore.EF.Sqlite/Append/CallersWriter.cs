using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite;

/// <summary>Writes inside a transaction of the caller's, on the caller's connection.</summary>
internal sealed class CallersWriter(SqliteDatabase database, WriteStatements statements)
{
    /// <summary><see langword="null"/> when one was refused; nothing is written then, and the caller's transaction is as it was.</summary>
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
            if (commands.IsIdTaken(exception))
                return null;

            throw;
        }
    }
}
