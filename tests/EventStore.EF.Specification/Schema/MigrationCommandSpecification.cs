namespace EventStore.EF.Specification;

/// <summary>The commands of <c>dotnet ef</c> in this repository, as the README has them.</summary>
public abstract class MigrationCommandSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    /// <summary>The project of the migrations, from the repository's root.</summary>
    protected abstract string MigrationsProject { get; }

    [Fact]
    public async Task Database_update_makes_a_store_that_works_and_goes_down_and_up_again()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        await using var store = Fixture.CreateStore(database);
        (await CommandAsync(["database", "update"], database.ConnectionString)).Succeeds();
        await store.Host.StartAsync(Ct);
        await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);

        (await CommandAsync(["database", "update", "0"], database.ConnectionString)).Succeeds();
        await Assert.ThrowsAsync<EventStoreSchemaException>(() => store.Events.AppendAsync("stream", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct));
        (await CommandAsync(["database", "update"], database.ConnectionString)).Succeeds();
        await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
    }

    [Fact]
    public async Task Database_update_with_a_schema_puts_the_store_there_and_nowhere_else()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        (await CommandAsync(["database", "update"], database.ConnectionString, "--schema", "billing")).Succeeds();
        await using var billing = Fixture.CreateStore(database, builder => builder.UseSchema("billing"));
        await billing.Host.StartAsync(Ct);
        await billing.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await using var other = Fixture.CreateStore(database);
        await Assert.ThrowsAsync<EventStoreSchemaException>(() => other.Host.StartAsync(Ct));
    }

    [Fact]
    public async Task Three_updates_of_one_database_at_once_all_succeed()
    {
        // The first command after a build copies the tool's own files beside the project's, which two at once can't.
        (await CommandAsync(["database", "update"], Database.ConnectionString)).Succeeds();

        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        var outcomes = await AtOnceAsync(3, _ => CommandAsync(["database", "update"], database.ConnectionString));
        Assert.All(outcomes, outcome => outcome.Result!.Succeeds());
        await using var store = Fixture.CreateStore(database);
        await store.Host.StartAsync(Ct);
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM {store_info}"));
    }

    [Fact]
    public async Task There_are_no_pending_model_changes()
        => (await CommandAsync(["migrations", "has-pending-model-changes"])).Succeeds().Says("No changes have been made");

    [Fact]
    public async Task An_argument_that_is_not_understood_fails_with_the_usage()
        => (await CommandAsync(["database", "update"], Database.ConnectionString, "--color", "blue")).Fails("Unknown argument '--color'", "[--schema <name>]");

    /// <summary>Runs <c>dotnet ef … -- …</c> on the migrations' project, which was built with the tests.</summary>
    protected Task<CommandResult> CommandAsync(string[] command, params string[] behind) => CommandLine.EntityFrameworkAsync(
        [.. command, "--project", MigrationsProject, "--no-build", "--configuration", Repository.Configuration, .. behind.Length == 0 ? [] : (string[])["--", .. behind]]);
}
