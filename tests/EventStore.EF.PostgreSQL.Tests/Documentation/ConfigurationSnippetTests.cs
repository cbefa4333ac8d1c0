using EventStore.EF.Specification;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Documentation;

/// <summary>Runs what docs/configuration.md shows, and sees that it shows what runs.</summary>
public sealed class ConfigurationSnippetTests(PostgreSqlFixture fixture) : StoreSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task The_program_of_the_page_runs()
    {
        Assert.SkipWhen(Fixture.IsPooled, "the program of the page is for a server, not for a pool");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Shop:Database", Database.ConnectionString), new("EventStore:MaxUpdateAttempts", "7")]);
        Add(builder);
        using var application = builder.Build();
        await application.StartAsync(Ct);

        Assert.Equal(7, application.Services.GetRequiredService<EventStoreOptions>().MaxUpdateAttempts);
        var appended = await application.Services.GetRequiredService<IEventStore>().AppendAsync(
            NewStream(), ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await Events.Subscriptions.WaitForAsync("order-emails", appended.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        await application.StopAsync(Ct);
    }

    [Fact]
    public void Every_snippet_of_the_page_is_run()
    {
        var program = Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "EventStore.EF.PostgreSQL.Tests", "Documentation", "ConfigurationSnippetTests.cs")));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));
        var snippets = page.Split("```csharp").Skip(1).Select(rest => rest.Split("```")[0]).ToArray();

        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet => Assert.Contains(Lines(snippet), program, StringComparison.Ordinal));
    }

    private static void Add(HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services => NpgsqlDataSource.Create(services.GetRequiredService<IConfiguration>()["Shop:Database"]!));
        builder.Services.AddEventStore(
            (services, store) => store
                .UsePostgreSql(services.GetRequiredService<NpgsqlDataSource>())
                .Configure(services.GetRequiredService<IConfiguration>().GetSection("EventStore").Bind),
            store => store
                .AddSubscriber<OrderEmails>("order-emails")
                .MigrateOnStart());
    }

    /// <summary>The lines without their indentation, which differs.</summary>
    private static string Lines(string text)
        => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}
