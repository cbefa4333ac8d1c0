using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Sqlite.Tests.Documentation;

/// <summary>Runs what docs/subscriptions.md shows, and sees that it shows what runs.</summary>
public sealed class SubscriptionsPageTests(SqliteFixture fixture) : StoreSpecification(fixture), IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task The_program_of_the_page_runs()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<DepositLetters>();
        builder.Services.AddEventStore(options => options.UseSqlite(Database.ConnectionString).AddSubscriber<DepositLetters>("order-emails", options => options.MaxAttempts = 1));
        using var application = builder.Build();
        await application.StartAsync(Ct);
        var store = application.Services.GetRequiredService<IEventStore>();
        var letters = application.Services.GetRequiredService<DepositLetters>();
        await store.AppendAsync<Deposited>("account-1", ExpectedVersion.NoStream, new(1), cancellationToken: Ct);
        await Assert.ThrowsAsync<EventParkedException>(() => store.Subscriptions.WaitForAsync("order-emails", 1, TimeSpan.FromSeconds(30), cancellationToken: Ct));
        letters.IsWorking = true;

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var reading = ReadAsync(store, stopping.Token);
        await SteerAsync(store);

        Assert.Equal(10, letters.Last);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await application.StopAsync(Ct);
    }

    [Fact]
    public void Every_snippet_of_the_page_is_run()
    {
        var program = Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "EventStore.EF.Sqlite.Tests", "Documentation", "SubscriptionsPageTests.cs")));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "subscriptions.md"));
        var snippets = page.Split("```csharp").Skip(1).Select(rest => rest.Split("```")[0]).ToArray();

        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet => Assert.Contains(Lines(snippet), program, StringComparison.Ordinal));
    }

    private static async Task ReadAsync(IEventStore store, CancellationToken stopping)
    {
#pragma warning disable xUnit1051 // A page's snippets have no test's token.
        await using var subscription = await store.SubscribeAsync("audit", new() { Stream = "account-1", BatchSize = 50 }, stopping);
        await foreach (var batch in subscription.ReadBatchesAsync(stopping))
        {
            foreach (var data in batch.Mapped)
                Console.WriteLine(data);

            await subscription.AckAsync(batch, stopping);
        }
    }

    private static async Task SteerAsync(IEventStore store)
    {
        await foreach (var parked in store.Subscriptions.ListParkedAsync("order-emails"))
            Console.WriteLine($"{parked.Key}: {parked.Error}");

        await store.Subscriptions.ReplayParkedAsync("order-emails");

        await store.Subscriptions.PauseAsync("order-emails");
        await store.Subscriptions.ResumeAsync("order-emails");
        await store.Subscriptions.RewindAsync("order-emails", 0, ParkedEventHandling.Discard);

        var written = await store.AppendAsync<Deposited>("account-1", ExpectedVersion.Any, new(10));
        await store.Subscriptions.WaitForAsync("order-emails", written.LastPosition, TimeSpan.FromSeconds(30));
    }

    /// <summary>The lines without their indentation, which differs.</summary>
    private static string Lines(string text)
        => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}

/// <summary>Writes letters once it works.</summary>
public sealed class DepositLetters : ISubscriber<Deposited>
{
    public bool IsWorking { get; set; }

    public int Last { get; private set; }

    public ValueTask HandleAsync(Deposited @event, EventContext context, CancellationToken cancellationToken)
    {
        if (!IsWorking)
            throw new InvalidOperationException("The printer is out of paper.");

        Last = @event.Amount;
        return ValueTask.CompletedTask;
    }
}
