using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Ordering.Projection;

/// <summary>
/// Has SQLite itself wait for its turn to write, from a millisecond up. Microsoft.Data.Sqlite looks only every 150 ms by itself,
/// so the list would fall behind whenever the shop is busy.
/// </summary>
internal sealed class PatientConnection : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    private static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout = 30000";
        command.ExecuteNonQuery();
    }
}
