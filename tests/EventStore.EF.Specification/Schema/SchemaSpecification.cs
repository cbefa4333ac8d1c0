using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>Migrations, schemas, and what a start says when the tables are not as they must be.</summary>
public abstract class SchemaSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private const string Command = "dotnet ef database update --context EventStoreDbContext";

    [Fact]
    public async Task Up_down_and_up_again_leaves_an_empty_store_that_works()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        await using var store = Fixture.CreateStore(database);
        await store.MigrateAsync();
        await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await store.MigrateAsync("0");
        await Assert.ThrowsAsync<EventStoreSchemaException>(() => store.Events.AppendAsync("stream", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct));
        foreach (var table in (string[])["events", "streams", "subscriptions", "store_info"])
            await Assert.ThrowsAnyAsync<DbException>(() => database.ScalarAsync<long>($"SELECT count(*) FROM {{{table}}}"));

        await store.MigrateAsync();
        Assert.Equal(new StoreContent(0, 0, 0, 0, 0), await database.ContentAsync());
        var result = await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(3), cancellationToken: Ct);
        Assert.Equal(1, result.StreamVersion);
    }

    [Fact]
    public async Task Every_migration_goes_down_and_up_by_itself()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        await using var store = Fixture.CreateStore(database);
        await using var context = await store.CreateContextAsync();
        string[] migrations = [.. context.Database.GetMigrations()];
        for (var index = 0; index < migrations.Length; index++)
        {
            await store.MigrateAsync(migrations[index]);
            await store.MigrateAsync(index == 0 ? "0" : migrations[index - 1]);
            await store.MigrateAsync(migrations[index]);
        }

        await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
    }

    [Fact]
    public async Task Migrating_twice_changes_nothing()
    {
        await using var database = await Fixture.CreateDatabaseAsync();
        await using var store = Fixture.CreateStore(database);
        await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await store.MigrateAsync();
        await store.MigrateAsync();
        Assert.Single(await ToListAsync(store.Events.ReadStreamAsync("stream", cancellationToken: Ct)));
    }

    [Theory]
    [InlineData("eventstore")]
    [InlineData("billing")]
    public async Task The_migrations_hold_the_whole_model(string schema)
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.UseSchema(schema));
        await using var context = await store.CreateContextAsync();
        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Two_schemas_of_one_database_are_wholly_apart()
    {
        await using var database = await Fixture.CreateDatabaseAsync();
        await using var first = Fixture.CreateStore(database);
        await using var second = Fixture.CreateStore(database, builder => builder.UseSchema("other_store_2"));
        await Assert.ThrowsAsync<EventStoreSchemaException>(() => second.Events.AppendAsync("stream", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct));
        await second.MigrateAsync();

        // The same stream, the same expectation and the same id.
        var @event = new NewEvent(new Numbered(1));
        await first.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, [@event, .. Numbered(2)], Ct);
        await second.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, [@event], Ct);
        await second.Events.AppendManyAsync("only-here", ExpectedVersion.NoStream, Numbered(1), Ct);
        Assert.Equal(3, (await ToListAsync(first.Events.ReadAllAsync(cancellationToken: Ct))).Count);
        Assert.Equal(2, (await ToListAsync(second.Events.ReadAllAsync(cancellationToken: Ct))).Count);
        await Assert.ThrowsAsync<StreamNotFoundException>(() => ToListAsync(first.Events.ReadStreamAsync("only-here", cancellationToken: Ct)));
        await using (var context = await first.CreateContextAsync())
            Assert.Equal(3, await context.Events.CountAsync(Ct));
        await using (var context = await second.CreateContextAsync())
            Assert.Equal(2, await context.Events.CountAsync(Ct));

        await second.MigrateAsync("0");
        Assert.Equal(3, (await ToListAsync(first.Events.ReadAllAsync(cancellationToken: Ct))).Count);
        await Assert.ThrowsAsync<EventStoreSchemaException>(() => ToListAsync(second.Events.ReadAllAsync(cancellationToken: Ct)));
    }

    [Fact]
    public async Task Three_applications_that_migrate_at_once_all_start()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        var outcomes = await AtOnceAsync(3, async index =>
        {
            await using var store = Fixture.CreateStore(database, builder => builder.MigrateOnStart());
            await store.Host.StartAsync(Ct);
            return await store.Events.AppendAsync($"stream-{index}", ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct);
        });
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        Assert.Equal(3, (await database.ContentAsync()).Events);
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM {store_info}"));
    }

    [Fact]
    public async Task A_start_on_a_missing_schema_fails_with_the_command_to_run()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        await using var store = Fixture.CreateStore(database);
        var exception = await Assert.ThrowsAsync<EventStoreSchemaException>(() => store.Host.StartAsync(Ct));
        AssertSaysWhatToRun(exception, "eventstore");
    }

    [Fact]
    public async Task A_start_names_the_schema_that_was_looked_in()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.UseSchema("billing"));
        var exception = await Assert.ThrowsAsync<EventStoreSchemaException>(() => store.Host.StartAsync(Ct));
        AssertSaysWhatToRun(exception, "billing");
    }

    [Fact]
    public async Task A_start_on_an_outdated_schema_fails_with_what_is_missing_and_the_command_to_run()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.Services.ConfigureDbContext<EventStoreDbContext>(
            context => context.ReplaceService<IMigrationsAssembly, OneMigrationMore>()));
        var exception = await Assert.ThrowsAsync<EventStoreSchemaException>(() => store.Host.StartAsync(Ct));
        AssertSaysWhatToRun(exception, "eventstore");
        Assert.Contains(OneMigrationMore.Id, exception.Message, StringComparison.Ordinal);
        Assert.Contains("older", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_on_a_schema_that_is_up_to_date_succeeds()
    {
        await using var store = Fixture.CreateStore(Database);
        await store.Host.StartAsync(Ct);
        await store.Host.StopAsync(Ct);
    }

    [Fact]
    public async Task Operations_on_a_missing_schema_say_what_to_run()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        await using var store = Fixture.CreateStore(database);
        Func<Task>[] operations =
        [
            () => store.Events.AppendAsync("stream", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct),
            () => ToListAsync(store.Events.ReadStreamAsync("stream", cancellationToken: Ct)),
            () => ToListAsync(store.Events.ReadAllAsync(cancellationToken: Ct)),
            () => ToListAsync(store.Events.ReadAllAsync(new() { Filter = EventFilter.Types("x") }, Ct)),
            () => ToListAsync(store.Events.ReadAllAsync(new() { Direction = ReadDirection.Backward }, Ct)),
        ];
        foreach (var operation in operations)
            AssertSaysWhatToRun(await Assert.ThrowsAsync<EventStoreSchemaException>(operation), "eventstore");
    }

    [Fact]
    public async Task The_context_can_t_write()
    {
        await using var context = await Store.CreateContextAsync();
        context.Add(new StoredEvent { EventId = Guid.NewGuid(), Type = "forged", Data = "{}", Version = 1 });
        var content = await Database.ContentAsync();
        foreach (var exception in (InvalidOperationException[])
        [
            Assert.Throws<InvalidOperationException>(() => context.SaveChanges()),
            Assert.Throws<InvalidOperationException>(() => context.SaveChanges(acceptAllChangesOnSuccess: true)),
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Ct)),
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(acceptAllChangesOnSuccess: false, Ct)),
        ])
            Assert.Contains("IEventStore", exception.Message, StringComparison.Ordinal);

        Assert.Equal(content, await Database.ContentAsync());
    }

    [Fact]
    public async Task Events_and_streams_answer_LINQ()
    {
        var (one, two) = (NewStream("linq"), NewStream("linq"));
        var correlation = Guid.NewGuid();
        await Events.AppendManyAsync(one, ExpectedVersion.Any, Numbered(3), Ct);
        await Events.AppendManyAsync(two, ExpectedVersion.Any, [new(new Noted("x")) { CorrelationId = correlation, Metadata = new() { ["user"] = "ada" } }], Ct);
        await using var context = await Store.CreateContextAsync();

        var stream = await context.Streams.SingleAsync(stream => stream.Name == one.Value, Ct);
        Assert.Equal((3, null), (stream.Version, stream.DeletedAt));
        var noted = await context.Events.SingleAsync(@event => @event.CorrelationId == correlation, Ct);
        Assert.Equal(("specification-noted", 1, @"{""text"":""x""}", @"{""user"":""ada""}"), (noted.Type, noted.Version, noted.Data, noted.Metadata));
        var counts = await context.Events
            .Join(context.Streams.Where(stream => stream.Name == one.Value || stream.Name == two.Value), @event => @event.StreamId, stream => stream.Id, (@event, stream) => new { stream.Name, @event.Type, @event.Position })
            .GroupBy(row => row.Type)
            .Select(group => new { group.Key, Count = group.Count(), Last = group.Max(row => row.Position) })
            .ToDictionaryAsync(row => row.Key, row => row.Count, Ct);
        Assert.Equal(new() { ["specification-numbered"] = 3, ["specification-noted"] = 1 }, counts);
        Assert.Equal([noted.EventId], await context.Events.Where(@event => @event.EventId == noted.EventId).Select(@event => @event.EventId).ToArrayAsync(Ct));
        Assert.Empty(context.ChangeTracker.Entries());
    }

    [Fact]
    public async Task Times_answer_LINQ_in_UTC()
    {
        var stream = NewStream("linq");
        await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        var recorded = Assert.Single(await ReadAsync(stream));
        await using var context = await Store.CreateContextAsync();
        var stored = await context.Events.SingleAsync(@event => @event.EventId == recorded.EventId, Ct);
        Assert.Equal(recorded.CreatedAt.UtcDateTime, stored.CreatedAt);
        Assert.True(await context.Events.AnyAsync(@event => @event.EventId == recorded.EventId && @event.CreatedAt <= stored.CreatedAt, Ct));
        Assert.False(await context.Events.AnyAsync(@event => @event.EventId == recorded.EventId && @event.CreatedAt > stored.CreatedAt, Ct));
    }

    private static void AssertSaysWhatToRun(EventStoreSchemaException exception, string schema)
    {
        Assert.Equal(schema, exception.Schema);
        Assert.Contains($"'{schema}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Command, exception.Message, StringComparison.Ordinal);
        Assert.Contains("MigrateOnStart", exception.Message, StringComparison.Ordinal);
    }
}
