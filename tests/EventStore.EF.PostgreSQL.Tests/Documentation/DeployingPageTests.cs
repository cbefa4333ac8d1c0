using EventStore.EF.Specification;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.PostgreSQL.Tests.Documentation;

/// <summary>Runs what docs/deploying.md shows, and sees that it shows what runs.</summary>
public sealed class DeployingPageTests(PostgreSqlFixture fixture) : StoreSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task The_program_of_the_page_runs()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        Add(builder.Services, Database.ConnectionString);
        using var application = builder.Build();
        await application.StartAsync(Ct);
        var names = await AcceptAsync(application.Services.GetRequiredService<IEventStore>());
        Assert.Empty(names);
        await ReshapeAsync(application.Services.GetRequiredService<IEventStore>());
        Assert.Null(await Store.Events.Subscriptions.FindAsync("order-emails", cancellationToken: Ct));
        Assert.Equal(8, (await Store.Events.Subscriptions.FindAsync("order-mails", cancellationToken: Ct))!.Partitions.Count);
        await application.StopAsync(Ct);
    }

    [Fact]
    public void Every_snippet_of_the_page_is_run()
    {
        var program = Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "EventStore.EF.PostgreSQL.Tests", "Documentation", "DeployingPageTests.cs")));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "deploying.md"));
        var snippets = page.Split("```csharp").Skip(1).Select(rest => rest.Split("```")[0]).ToArray();

        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet => Assert.Contains(Lines(snippet), program, StringComparison.Ordinal));
    }

    private static void Add(IServiceCollection services, string connectionString)
    {
        services.AddEventStore(store => store
            .UsePostgreSql(connectionString)
            .AddSubscriber<OrderEmails>("order-emails", options => options.Retired = ["order-placed"]));
    }

    private static async Task<IReadOnlyList<string>> AcceptAsync(IEventStore store)
    {
        // Only once it has an owner there is something to accept.
        while (await store.Subscriptions.FindAsync("order-emails", cancellationToken: Ct) is not { Partitions: [{ Owner: not null }] })
            await Task.Yield();

#pragma warning disable xUnit1051 // A page's snippets have no test's token.
        var names = await store.Subscriptions.AcceptDefinitionAsync("order-emails");
        return names;
    }

    private static async Task ReshapeAsync(IEventStore store)
    {
        await store.Subscriptions.RepartitionAsync("order-emails", 8);
        await store.Subscriptions.RenameAsync("order-emails", "order-mails");
    }

    /// <summary>The lines without their indentation, which differs.</summary>
    private static string Lines(string text)
        => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}

/// <summary>Writes nobody any more of orders that are placed.</summary>
public sealed class OrderEmails : ISubscriber<Numbered>
{
    public ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
