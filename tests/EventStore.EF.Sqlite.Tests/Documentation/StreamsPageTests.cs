using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Sqlite.Tests.Documentation;

/// <summary>Runs what docs/streams.md shows, in its order, and sees that it shows what runs.</summary>
public sealed class StreamsPageTests(SqliteFixture fixture) : StoreSpecification(fixture), IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task The_program_of_the_page_runs()
    {
        var connectionString = Database.ConnectionString;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddEventStore(options => options
            .UseSqlite(connectionString)
            .UseSerializer<Opened>(new CompressedSerializer()));
        using var application = builder.Build();
        var store = application.Services.GetRequiredService<IEventStore>();
        await using var bank = new BankContext(new DbContextOptionsBuilder<BankContext>().UseSqlite(connectionString).Options);
        await bank.Database.ExecuteSqlRawAsync("CREATE TABLE Accounts (Id INTEGER NOT NULL PRIMARY KEY, Owner TEXT NOT NULL)", Ct);
        await store.AppendAsync<Opened>("account-1", ExpectedVersion.NoStream, new("Grace"), cancellationToken: Ct);

        await ShowAsync(store, bank);

        Assert.Equal("Ada", (await bank.Accounts.SingleAsync(Ct)).Owner);
        Assert.Equal(new Opened("Ada"), (await store.ReadStreamAsync("account-3", cancellationToken: Ct).SingleAsync(Ct)).Data);
        Assert.Equal("application/x-json-brotli", (await store.ReadStreamAsync("account-3", cancellationToken: Ct).SingleAsync(Ct)).ContentType);
        Assert.Equal(new Withdrawn(20), (await store.ReadStreamAsync("large-withdrawals", cancellationToken: Ct).SingleAsync(Ct)).Data);
        Assert.Equal(2, (await store.Streams.FindAsync("account-1", Ct))?.OldestVersion);
        Assert.Null((await store.Streams.FindAsync("account-2", Ct))?.DeletedAt);
    }

    [Fact]
    public void Every_snippet_of_the_page_is_run()
    {
        var program = Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "EventStore.EF.Sqlite.Tests", "Documentation", "StreamsPageTests.cs")));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "streams.md"));
        var snippets = page.Split("```csharp").Skip(1).Select(rest => rest.Split("```")[0]).ToArray();

        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet => Assert.Contains(Lines(snippet), program, StringComparison.Ordinal));
    }

    private static async Task ShowAsync(IEventStore store, BankContext bank)
    {
#pragma warning disable xUnit1051 // A page's snippets have no test's token.
        await store.AppendManyAsync(
        [
            new StreamAppend("account-1", ExpectedVersion.StreamExists, new NewEvent(new Withdrawn(20))),
            new StreamAppend("account-2", ExpectedVersion.Any, new NewEvent(new Deposited(20))),
            StreamAppend.Condition("account-1-closed", ExpectedVersion.NoStream),
        ]);

        await using var transaction = await bank.Database.BeginTransactionAsync();
        bank.Accounts.Add(new Account { Id = 3, Owner = "Ada" });
        await bank.SaveChangesAsync();

        var inside = store.WithTransaction(transaction);
        await inside.AppendAsync<Opened>("account-3", ExpectedVersion.NoStream, new("Ada"));
        await transaction.CommitAsync();

        var large = await store.ReadStreamAsync("account-1").Where(recorded => recorded.Data is Withdrawn { Amount: >= 20 }).ToListAsync();
        await store.LinkAsync("large-withdrawals", ExpectedVersion.Any, large);

        var info = await store.Streams.FindAsync("account-1");
        await foreach (var stream in store.Streams.ListAsync(new() { Prefix = "account-", OrderBy = StreamOrder.LastActivity, MaxCount = 20 }))
            Console.WriteLine($"{stream.Name}: {stream.Version} events, last at {stream.LastActivityAt}");

        await store.Streams.DeleteAsync("account-2", ExpectedVersion.Any);
        await store.Streams.UndeleteAsync("account-2");
        await store.Streams.TruncateAsync("account-1", beforeVersion: 2);

        await store.Snapshots.RecordAsync(Snapshot.Of("account-1", "balance", version: 2, new Balance(80), BankJson.Default.Balance));
        var balance = (await store.Snapshots.FindAsync("account-1", "balance"))?.As(BankJson.Default.Balance);
#pragma warning restore xUnit1051

        Assert.Equal(2, info?.Version);
        Assert.Equal(new Balance(80), balance);
    }

    /// <summary>Without indentation and empty lines.</summary>
    private static string Lines(string text)
        => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
