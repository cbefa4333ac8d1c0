namespace EventStore.EF.Sqlite.Tests.Schema;

/// <summary>Migrators take turns by a lock that ends with its process, and only if there is something to migrate.</summary>
public sealed class MigrationLockTests(SqliteFixture fixture) : RunningSuite(fixture), IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task A_row_of_EF_Core_s_lock_that_a_dead_process_has_left_stops_nobody()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        await database.ExecuteAsync("CREATE TABLE \"__EFMigrationsLock\" (\"Id\" INTEGER NOT NULL PRIMARY KEY, \"Timestamp\" TEXT NOT NULL)");
        await database.ExecuteAsync("INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026-01-31 08:15:00')");
        await using var store = Fixture.CreateStore(database, builder => builder.MigrateOnStart());
        await store.Host.StartAsync(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
    }

    [Fact]
    public async Task A_start_on_an_up_to_date_file_takes_no_lock()
    {
        await using var other = await Database.OpenAsync();
        await using var writing = await other.BeginTransactionAsync(Ct);
        await using var store = Fixture.CreateStore(Database, builder => builder.MigrateOnStart());
        await store.Host.StartAsync(Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct);
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsLock'"));
    }

    [Fact]
    public async Task A_migration_that_waits_says_for_what_and_goes_on_when_the_lock_is_free()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        await database.ExecuteAsync("PRAGMA journal_mode = WAL; CREATE TABLE notes (text)");
        await using var other = await database.OpenAsync();
        await using var writing = await other.BeginTransactionAsync(Ct);
        await using var store = Fixture.CreateStore(database, builder => builder.MigrateOnStart());
        var starting = store.Host.StartAsync(Ct);
        await store.Log.WaitForAsync(line => line.Message.Contains("the write lock of", StringComparison.Ordinal), Ct);
        Assert.False(starting.IsCompleted);
        await writing.RollbackAsync(Ct);
        await starting.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task Many_processes_that_migrate_at_once_all_start()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        var stores = Enumerable.Range(0, 8).Select(_ => Fixture.CreateStore(database, builder => builder.MigrateOnStart())).ToArray();
        await Task.WhenAll(stores.Select(store => Task.Run(() => store.Host.StartAsync(Ct), Ct)));
        foreach (var store in stores)
            await store.DisposeAsync();

        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM eventstore___EFMigrationsHistory"));
    }
}
