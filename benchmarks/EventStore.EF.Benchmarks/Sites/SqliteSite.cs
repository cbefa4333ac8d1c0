using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>Two database files made by the same migrations, one for the store and one for the floor.</summary>
internal sealed class SqliteSite : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("eventstore-benchmark-").FullName;

    private SqliteSite()
    {
    }

    public string StoreFile => $"Data Source={Path.Combine(_folder, "store.db")}";

    public string FloorFile => $"Data Source={Path.Combine(_folder, "floor.db")}";

    public static async Task<SqliteSite> CreateAsync()
    {
        var site = new SqliteSite();
        await StoreHost.MigrateAsync(store => store.UseSqlite(site.StoreFile));
        await StoreHost.MigrateAsync(store => store.UseSqlite(site.FloorFile));
        await site.DropGuardsOfFloorAsync();
        return site;
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The guards are the store's own; who writes to plain tables has none.</summary>
    private async Task DropGuardsOfFloorAsync()
    {
        await using var connection = new SqliteConnection(FloorFile);
        await connection.OpenAsync();
        await using var list = connection.CreateCommand();
        list.CommandText = "SELECT group_concat('DROP TRIGGER \"' || name || '\"', ';') FROM sqlite_schema WHERE type = 'trigger'";
        if (await list.ExecuteScalarAsync() is not string drops)
            return;

        await using var drop = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are made of the file's own trigger names.
        drop.CommandText = drops;
#pragma warning restore CA2100
        await drop.ExecuteNonQueryAsync();
    }
}
