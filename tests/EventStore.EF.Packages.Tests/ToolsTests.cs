namespace EventStore.EF.Packages.Tests;

/// <summary>
/// EF Core's tools on an application that has a context of its own beside the store's, and whose connection string is in no configuration
/// where the tools run. One build and one bundle serve both databases.
/// </summary>
public sealed class ToolsTests(PackedConsumers packed)
{
    private const string Tools = "Tools";

    private static readonly string[] OnContext = ["--context", "EventStoreDbContext"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scripts_updates_and_bundles_need_no_connection_string_and_take_the_schema_from_the_command_line()
    {
        (await packed.BuildAsync(Tools, "-warnaserror")).Succeeds();
        await using var database = await PostgreSqlDatabase.CreateAsync(Ct);
        var sqlite = $"Data Source={Path.Combine(packed.FolderOf(Tools), "shop.db")}";
        var bundled = $"Data Source={Path.Combine(packed.FolderOf(Tools), "bundled.db")}";

        // The application itself needs one, and says which.
        (await RunAsync("sqlite", "eventstore")).Fails("'ConnectionStrings:Shop'", "'ConnectionStrings__Shop'");
        (await RunAsync("postgresql", "eventstore")).Fails("'ConnectionStrings:Shop'");

        (await ToolAsync("sqlite", ["migrations", "script", .. OnContext])).Succeeds().Says("CREATE TABLE \"eventstore_events\"");
        (await ToolAsync("postgresql", ["migrations", "script", "--idempotent", .. OnContext], "--schema", "billing")).Succeeds().Says(
            "CREATE TABLE billing.events");
        (await ToolAsync("postgresql", ["migrations", "script", .. OnContext], "--schema", "Billing!")).Fails(
            "EventStoreOptions.Schema is 'Billing!'");
        (await ToolAsync("sqlite", ["migrations", "script", .. OnContext], "--schema")).Fails("--schema has no value");

        (await ToolAsync("sqlite", ["database", "update", "--connection", sqlite, .. OnContext], "--schema", "billing")).Succeeds();
        (await RunAsync("sqlite", "billing", sqlite)).Succeeds().Says("appended at version 1");
        (await RunAsync("sqlite", "eventstore", sqlite)).Fails("has no event store in schema 'eventstore'");

        var bundle = Path.Combine(packed.FolderOf(Tools), "efbundle");
        (await ToolAsync("postgresql", ["migrations", "bundle", "--output", bundle, .. OnContext])).Succeeds();
        (await BundleAsync("postgresql", "--connection", database.ConnectionString)).Succeeds();
        (await BundleAsync("postgresql", "--connection", database.ConnectionString, "--", "--schema", "billing")).Succeeds();
        (await BundleAsync("sqlite", "--connection", bundled)).Succeeds();
        (await RunAsync("postgresql", "eventstore", database.ConnectionString)).Succeeds().Says("appended at version 1");
        (await RunAsync("postgresql", "billing", database.ConnectionString)).Succeeds().Says("appended at version 1");
        (await RunAsync("sqlite", "eventstore", bundled)).Succeeds().Says("appended at version 1");

        Task<CommandResult> BundleAsync(string provider, params string[] arguments)
            => CommandLine.RunAsync(
                packed.FolderOf(Tools), bundle, arguments, new Dictionary<string, string> { ["SHOP_PROVIDER"] = provider });
    }

    private Task<CommandResult> ToolAsync(string provider, string[] arguments, params string[] behind)
        => packed.EntityFrameworkAsync(Tools, arguments, behind, ("SHOP_PROVIDER", provider));

    private Task<CommandResult> RunAsync(string provider, string schema, string? connectionString = null)
    {
        var environment = new Dictionary<string, string> { ["SHOP_PROVIDER"] = provider, ["Shop__Schema"] = schema };
        if (connectionString is not null)
            environment["ConnectionStrings__Shop"] = connectionString;

        return CommandLine.RunAsync(packed.FolderOf(Tools), "dotnet", ["run", "--no-build"], environment);
    }
}
