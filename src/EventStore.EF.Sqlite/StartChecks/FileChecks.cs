using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Sqlite.StartChecks;

/// <summary>Checks the file when the host starts. Nothing is checked again later.</summary>
internal static class FileChecks
{
    public static async Task RunAsync(EventStoreDbContext context, CancellationToken ct)
    {
        await context.Database.OpenConnectionAsync(ct).ConfigureAwait(false);
        try
        {
            var connection = (SqliteConnection)context.Database.GetDbConnection();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA encoding";
            EncodingCheck.Check((string)(await command.ScalarAsync(ct).ConfigureAwait(false))!, connection.DataSource);
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }
}
