using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(EventStore.EF.Sqlite.Tests.SqliteFolder))]

namespace EventStore.EF.Sqlite.Tests;

/// <summary>A temporary folder for this test process's files, with one database that is migrated once and then copied.</summary>
public sealed class SqliteFolder : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("eventstore-sqlite-").FullName;
    private int _databases;

    private string Template => Path.Combine(_folder, "template.db");

    /// <summary>The path of a file that is not there yet.</summary>
    public string NewPath() => Path.Combine(_folder, $"{Interlocked.Increment(ref _databases)}.db");

    /// <summary>Makes a database, copied from the migrated one, or only a name for one.</summary>
    public string CreateDatabase(bool migrated)
    {
        var path = NewPath();
        if (migrated)
            File.Copy(Template, path);

        return $"Data Source={path}";
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // Without a pool the last connection closes, and closing moves the log into the file.
        await using var store = new TestStore(builder => builder.UseSqlite($"Data Source={Template};Pooling=False"));
        await store.MigrateAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
