using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace EventStore.EF.Sqlite;

/// <summary>Gives the context's connections what the store's own have: patience with other writers, and commits that are on the disk.</summary>
internal sealed class SqliteConnectionSettings(SqliteDatabase database) : DbConnectionInterceptor
{
    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        RequireThere();
        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        RequireThere();
        return ValueTask.FromResult(result);
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    /// <summary>EF Core's tools may bring a connection to another file than the application's.</summary>
    private void RequireThere()
    {
        if (!DesignTime.IsRunning)
            database.RequireThere();
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
