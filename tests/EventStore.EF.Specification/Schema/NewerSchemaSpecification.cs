using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EventStore.EF.Specification;

/// <summary>A schema that a later version of the store has migrated.</summary>
public abstract class NewerSchemaSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_start_on_a_newer_schema_fails_with_what_is_newer_and_what_to_do(bool migrates)
    {
        await NoteLaterMigrationAsync();
        await using var store = Fixture.CreateStore(Database, builder =>
        {
            if (migrates)
                builder.MigrateOnStart();
        });
        var exception = await Assert.ThrowsAsync<EventStoreSchemaException>(() => store.Host.StartAsync(Ct));
        Assert.Equal("eventstore", exception.Schema);
        Assert.Contains(OneMigrationMore.Id, exception.Message, StringComparison.Ordinal);
        Assert.Contains("newer", exception.Message, StringComparison.Ordinal);
        Assert.Contains("AllowNewerSchema", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"{typeof(EventStoreDbContext).Assembly.GetName().Version!.ToString(3)}", exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_schema_that_is_allowed_is_worked_with()
    {
        await NoteLaterMigrationAsync();
        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowNewerSchema = true));
        await store.Host.StartAsync(Ct);
        await store.Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
    }

    [Fact]
    public async Task A_newer_schema_that_lacks_an_older_migration_is_refused_also_where_newer_ones_are_allowed()
    {
        await NoteLaterMigrationAsync();
        await using (var context = await Store.CreateContextAsync())
        {
            var history = context.GetService<IHistoryRepository>();
            await context.Database.ExecuteSqlRawAsync(history.GetDeleteScript(context.Database.GetMigrations().First()), Ct);
        }

        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowNewerSchema = true));
        await Assert.ThrowsAsync<EventStoreSchemaException>(() => store.Host.StartAsync(Ct));
    }

    private async Task NoteLaterMigrationAsync()
    {
        await using var context = await Store.CreateContextAsync();
        var history = context.GetService<IHistoryRepository>();
        await context.Database.ExecuteSqlRawAsync(history.GetInsertScript(new(OneMigrationMore.Id, "99.0.0")), Ct);
    }
}
