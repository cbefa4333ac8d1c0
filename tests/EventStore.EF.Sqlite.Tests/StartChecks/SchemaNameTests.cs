using EventStore.EF.Sqlite.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests.StartChecks;

/// <summary>On SQLite the name of a schema is the beginning of tables' names.</summary>
public sealed class SchemaNameTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    [Theory]
    [InlineData("shop_parked", "parked events", "'shop'")]
    [InlineData("a_b_parked", "parked events", "'a_b'")]
    [InlineData("sqlite", "'sqlite_'")]
    [InlineData("sqlite_shop", "'sqlite_'")]
    public void A_name_whose_tables_could_be_another_s_is_refused(string schema, params string[] saying)
    {
        var exception = Assert.Throws<ArgumentException>(()
            => new TestStore(builder => builder.UseSqlite("Data Source=unused.db").UseSchema(schema)));
        foreach (var part in (string[])[$"'{schema}'", .. saying])
            Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_begin_alike_are_wholly_apart()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        string[] schemas = ["shop", "shop_", "shop_stream", "shop_store", "parked", "shop_events"];
        foreach (var schema in schemas)
        {
            await using var store = Fixture.CreateStore(database, builder => builder.UseSchema(schema).MigrateOnStart());
            await store.Host.StartAsync(Ct);
            Assert.Empty(await ToListAsync(store.Events.ReadAllAsync(cancellationToken: Ct)));
            await store.Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        }
    }

    [Fact]
    public async Task Every_table_of_the_model_is_known_by_name()
    {
        await using var context = await Store.CreateContextAsync();
        var tables = context.Model.GetEntityTypes().Select(entity => entity.GetTableName()).OfType<string>();
        Assert.Equal([.. tables.Order(StringComparer.Ordinal)], SqliteNames.Tables.Order(StringComparer.Ordinal));
    }
}
