using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Schema;

public sealed class MigrationCommandTests(PostgreSqlFixture fixture) : MigrationCommandSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    /// <inheritdoc/>
    protected override string MigrationsProject => "migrations/EventStore.EF.Migrations.PostgreSQL";

    [Theory]
    [InlineData("eventstore")]
    [InlineData("billing")]
    public async Task An_idempotent_script_run_twice_by_psql_makes_the_same_database_as_migrating(string schema)
    {
        var folder = Directory.CreateTempSubdirectory("eventstore-script-").FullName;
        try
        {
            var script = Path.Combine(folder, "eventstore.sql");
            (await CommandAsync(["migrations", "script", "--idempotent", "--output", script], Database.ConnectionString, "--schema", schema)).Succeeds();

            await using var scripted = await Fixture.CreateDatabaseAsync(migrated: false);
            (await PsqlAsync(scripted, script)).Succeeds();
            (await PsqlAsync(scripted, script)).Succeeds();
            await using var migrated = await Fixture.CreateDatabaseAsync(migrated: false);
            await using (var store = Fixture.CreateStore(migrated, builder => builder.UseSchema(schema)))
                await store.MigrateAsync();

            // Inside the conditions of an idempotent script EF Core indents what the migrations say, bodies of functions included.
            Assert.Equal(WithoutIndentation(await DumpAsync(migrated)), WithoutIndentation(await DumpAsync(scripted)));
            await using var application = Fixture.CreateStore(scripted, builder => builder.UseSchema(schema));
            await application.Host.StartAsync(Ct);
            await application.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Going_down_leaves_nothing_but_the_schema_and_the_history()
    {
        await using var database = await Fixture.CreateDatabaseAsync();
        await using var store = Fixture.CreateStore(database);
        await store.MigrateAsync("0");
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM pg_proc WHERE pronamespace = 'eventstore'::regnamespace"));
        Assert.Equal(
            "__EFMigrationsHistory,PK___EFMigrationsHistory",
            await database.ScalarAsync<string>("SELECT string_agg(relname, ',' ORDER BY relkind DESC) FROM pg_class WHERE relnamespace = 'eventstore'::regnamespace"));
    }

    [Fact]
    public async Task Down_and_up_again_makes_the_same_database_as_migrating()
    {
        await using var database = await Fixture.CreateDatabaseAsync();
        await using var store = Fixture.CreateStore(database);
        await store.MigrateAsync("0");
        await store.MigrateAsync();
        Assert.Equal(await DumpAsync(Database), await DumpAsync(database));
    }

    private static Task<CommandResult> PsqlAsync(TestDatabase database, string script)
        => RunClientAsync(database, "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", script);

    private static async Task<string> DumpAsync(TestDatabase database)
    {
        var dump = (await RunClientAsync(database, "pg_dump", "--schema-only", "--no-owner")).Succeeds().Output;

        // Since its minor versions of 2025 pg_dump writes a random key.
        return string.Join('\n', dump.Split('\n').Where(line => !line.StartsWith("\\restrict", StringComparison.Ordinal) && !line.StartsWith("\\unrestrict", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> WithoutIndentation(string text) => text.Split('\n').Select(line => line.TrimStart());

    private static async Task<CommandResult> RunClientAsync(TestDatabase database, string program, params string[] arguments)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        try
        {
            return await CommandLine.RunAsync(Repository.Root, program, arguments, new Dictionary<string, string>
            {
                ["PGHOST"] = connection.Host!,
                ["PGPORT"] = $"{connection.Port}",
                ["PGDATABASE"] = connection.Database!,
                ["PGUSER"] = connection.Username ?? "",
                ["PGPASSWORD"] = connection.Password ?? "",
            });
        }
        catch (System.ComponentModel.Win32Exception exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip($"PostgreSQL's client program '{program}' is not to be had: {exception.Message}");
            throw;
        }
    }
}
