using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Schema;

/// <summary>The database itself is not there yet when applications start that migrate.</summary>
public sealed class MissingDatabaseTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task Applications_that_make_the_database_at_once_all_start()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool makes no database");
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        await Database.ExecuteAsync($"DROP DATABASE \"{new NpgsqlConnectionStringBuilder(database.ConnectionString).Database}\" WITH (FORCE)");
        var outcomes = await AtOnceAsync(6, async index =>
        {
            await using var store = Fixture.CreateStore(database, builder => builder.MigrateOnStart());
            await store.Host.StartAsync(Ct);
            return await store.Events.AppendAsync($"stream-{index}", ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct);
        });
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        Assert.Equal(6, (await database.ContentAsync()).Events);
    }
}
