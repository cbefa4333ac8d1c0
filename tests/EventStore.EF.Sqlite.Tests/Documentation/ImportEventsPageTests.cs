using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Sqlite.Tests.Documentation;

/// <summary>Runs the importer that docs/how-to/import-events.md shows.</summary>
public sealed class ImportEventsPageTests(SqliteFixture fixture) : StoreSpecification(fixture), IClassFixture<SqliteFixture>
{
    private static readonly DateTimeOffset Monday = new(2020, 3, 2, 8, 15, 0, TimeSpan.Zero);

    [Fact]
    public async Task Ids_times_versions_and_metadata_are_kept_and_a_repeated_import_changes_nothing()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Importer>();
        builder.Services.AddEventStore(options => options.UseSqlite(Database.ConnectionString));
        using var application = builder.Build();
        var importer = application.Services.GetRequiredService<Importer>();
        OldEvent[] old =
        [
            Old("account-7", 1, "account-opened", Monday, """{"Owner":"Ada"}""") with { Metadata = new() { ["user"] = "grace" } },
            Old("account-8", 1, "account-opened", Monday.AddHours(1), """{"owner":"Alan"}""") with { CorrelationId = Guid.NewGuid() },
            Old("account-7", 2, "money-deposited", Monday.AddDays(1), """{"Amount":20}"""),
        ];

        await importer.ImportAsync(old.ToAsyncEnumerable(), Ct);
        await importer.ImportAsync(old.ToAsyncEnumerable(), Ct);

        var stored = await application.Services.GetRequiredService<IEventStore>().ReadAllAsync(cancellationToken: Ct).ToListAsync(Ct);
        Assert.Equal(
            old.Select(it => (it.Id, it.Stream, it.Version, it.CreatedAt, it.CorrelationId)),
            stored.Select(it => (it.EventId, it.StreamName.Value, it.StreamVersion, it.CreatedAt, it.CorrelationId)));
        Assert.Equal([new Opened("Ada"), new Opened("Alan"), new Deposited(20)], stored.Select(it => it.Data));
        Assert.Equal("grace", stored[0].Metadata["user"]);
    }

    [Fact]
    public async Task An_event_that_is_missing_ends_the_import()
    {
        var importer = ActivatorUtilities.CreateInstance<Importer>(Store.Host.Services);
        OldEvent[] old = [Old("account-9", 2, "money-deposited", Monday, """{"amount":20}""")];

        await Assert.ThrowsAsync<WrongExpectedVersionException>(() => importer.ImportAsync(old.ToAsyncEnumerable(), Ct));
    }

    [Fact]
    public void Every_snippet_of_the_page_is_run()
    {
        var program = Lines(File.ReadAllText(
            Path.Combine(Repository.Root, "tests", "EventStore.EF.Sqlite.Tests", "Documentation", "ImportEventsPageTests.cs")));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "how-to", "import-events.md"));
        var snippets = page.Split("```csharp").Skip(1).Select(rest => rest.Split("```")[0]).ToArray();

        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet => Assert.Contains(Lines(snippet), program, StringComparison.Ordinal));
    }

    private static OldEvent Old(string stream, long version, string type, DateTimeOffset at, string json)
        => new(Guid.NewGuid(), stream, version, type, at, Encoding.UTF8.GetBytes(json), EventMetadata.Empty);

    /// <summary>Without indentation and empty lines.</summary>
    private static string Lines(string text)
        => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>An event of the old store.</summary>
public sealed record OldEvent(
    Guid Id, string Stream, long Version, string Type, DateTimeOffset CreatedAt, ReadOnlyMemory<byte> Json, EventMetadata Metadata,
    Guid? CorrelationId = null, Guid? CausationId = null);

public sealed class Importer(IEventStore store, EventCatalog catalog, IDbContextFactory<EventStoreDbContext> contexts)
{
    // As the old store wrote it: here camelCase, and C# names in any case.
    private static readonly JsonSerializerOptions OldJson = new(JsonSerializerDefaults.Web);

    /// <summary>Appends the events in their order, 500 in a transaction. What was imported before is recognized by its ids.</summary>
    public async Task ImportAsync(IAsyncEnumerable<OldEvent> events, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await foreach (var page in events.Chunk(500).WithCancellation(cancellationToken))
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            var inside = store.WithTransaction(transaction);
            foreach (var old in page)
                await inside.AppendManyAsync([Append(old)], cancellationToken);

            await transaction.CommitAsync(cancellationToken);
        }
    }

    private StreamAppend Append(OldEvent old)
    {
        var type = catalog.Find(old.Type, version: 1)?.ClrType
            ?? throw new NotSupportedException($"No event is stored as '{old.Type}'.");
        var data = JsonSerializer.Deserialize(old.Json.Span, type, OldJson)!;
        var @event = new NewEvent(data)
        {
            EventId = old.Id,
            Metadata = old.Metadata,
            CorrelationId = old.CorrelationId,
            CausationId = old.CausationId,
        };
        return new(old.Stream, ExpectedVersion.At(old.Version - 1), @event) { CreatedAt = old.CreatedAt };
    }
}
