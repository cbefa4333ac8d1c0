namespace EventStore.EF.Sqlite.Tests.Schema;

public sealed class MigrationCommandTests(SqliteFixture fixture) : MigrationCommandSpecification(fixture), IClassFixture<SqliteFixture>
{
    private const string Definitions = "SELECT group_concat(type || ' ' || name || ' ' || coalesce(sql, ''), char(10)) FROM (SELECT * FROM sqlite_master ORDER BY type, name)";

    /// <inheritdoc/>
    protected override string MigrationsProject => "migrations/EventStore.EF.Migrations.Sqlite";

    [Theory]
    [InlineData("eventstore")]
    [InlineData("billing")]
    public async Task A_script_makes_the_same_database_as_migrating(string schema)
    {
        var script = Path.GetTempFileName();
        try
        {
            // EF Core makes no idempotent scripts for SQLite, which has no conditions in SQL.
            (await CommandAsync(["migrations", "script", "--output", script], Database.ConnectionString, "--schema", schema)).Succeeds();
            await using var scripted = await Fixture.CreateDatabaseAsync(migrated: false);
            await scripted.ExecuteAsync((await File.ReadAllTextAsync(script, Ct)).TrimStart('\ufeff'));
            await using var migrated = await Fixture.CreateDatabaseAsync(migrated: false);
            await using (var store = Fixture.CreateStore(migrated, builder => builder.UseSchema(schema)))
                await store.MigrateAsync();

            // Migrating makes a table to lock by, and keeps it.
            await migrated.ExecuteAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
            Assert.Equal(await migrated.ScalarAsync<string>(Definitions), await scripted.ScalarAsync<string>(Definitions));
            await using var application = Fixture.CreateStore(scripted, builder => builder.UseSchema(schema));
            await application.Host.StartAsync(Ct);
            await application.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Fact]
    public async Task Down_and_up_again_makes_the_same_database_as_migrating()
    {
        await using var database = await Fixture.CreateDatabaseAsync();
        await using var store = Fixture.CreateStore(database);
        await store.MigrateAsync("0");
        await store.MigrateAsync();
        Assert.Equal(await Database.ScalarAsync<string>(Definitions), await database.ScalarAsync<string>(Definitions));
    }
}
