using System.Data.Common;
using EventStore.EF.Schema;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// Gives the context's connections the settings of the store's own: waiting for other writers, and commits that are on disk.
/// </summary>
internal sealed class SqliteConnectionSettings(SqliteDatabase database) : DbConnectionInterceptor
{
    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        RequireThere(connection);
        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        RequireThere(connection);
        return ValueTask.FromResult(result);
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    /// <summary>Requires the application's file, except under EF Core's tools, which may supply a connection to another file.</summary>
    private void RequireThere(DbConnection connection)
    {
        if (DesignTime.IsRunning)
            return;

        database.RequireThere();
        if (connection is SqliteConnection sqlite)
            database.CreateNone(sqlite);
    }

    private void Apply(DbConnection connection)
    {
        if (connection is not SqliteConnection sqlite)
            return;

        if (!DesignTime.IsRunning)
            database.Opened(sqlite);

        database.WaitWhileBusy(sqlite);
        sqlite.Execute("PRAGMA synchronous = FULL");
    }
}
