namespace EventStore.EF.Packages.Tests;

/// <summary>The contract file as users have it: the package's target, its analyzers and its fixes.</summary>
public sealed class ContractLockTests(PackedConsumers packed)
{
    private const string Locked = "Locked";
    private const string Shipped = "order-placed/1 amount decimal\norder-placed/1 customer string\n";

    private const string Plain = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
          </PropertyGroup>
        </Project>
        """;

    private const string Solution = """
        <Solution>
          <Project Path="Events/Events.csproj" />
          <Project Path="Without/Without.csproj" />
          <Project Path="Plain/Plain.csproj" />
        </Solution>
        """;

    private static readonly string[] Update = ["-t:UpdateEventContracts"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Contracts => Path.Combine(packed.FolderOf(Locked), "EventContracts.txt");

    [Fact]
    public async Task The_file_is_written_kept_refused_and_accepted()
    {
        // Without the file nothing is locked. Writing it is one command, and the second time it changes nothing.
        (await packed.BuildAsync(Locked, "-warnaserror")).Succeeds();
        (await packed.BuildAsync(Locked, Update)).Succeeds();
        Assert.Equal(Shipped, await File.ReadAllTextAsync(Contracts, Ct));
        (await packed.BuildAsync(Locked, Update)).Succeeds();
        Assert.Equal(Shipped, await File.ReadAllTextAsync(Contracts, Ct));
        (await packed.BuildAsync(Locked, "-warnaserror")).Succeeds();

        // What is new is a warning until it is recorded, here by the fix that an editor would apply.
        await EditAsync("decimal Amount", "decimal Amount, string? Note");
        (await packed.BuildAsync(Locked)).Succeeds().Says("OrderPlaced.cs(7,", "warning ESEF3004");
        (await packed.RunAsync(Locked, "dotnet", "format", "analyzers", "--diagnostics", "ESEF3004", "--severity", "warn")).Succeeds();
        Assert.Equal(Shipped + "order-placed/1 note string?\n", await File.ReadAllTextAsync(Contracts, Ct));
        (await packed.BuildAsync(Locked, "-warnaserror")).Succeeds();

        // What breaks is refused, and nothing is written, until it is accepted by name.
        await EditAsync("decimal Amount", "decimal Total");
        (await packed.BuildAsync(Locked)).Fails("error ESEF3001", "'amount'");
        (await packed.BuildAsync(Locked, Update)).Fails("error ESEF3001", "'amount'");
        Assert.Equal(Shipped + "order-placed/1 note string?\n", await File.ReadAllTextAsync(Contracts, Ct));

        // The fix of dotnet format gives the renamed member its old name; then nothing is broken.
        (await packed.RunAsync(Locked, "dotnet", "format", "analyzers", "--diagnostics", "ESEF3001")).Succeeds();
        (await packed.BuildAsync(Locked, "-warnaserror")).Succeeds();
        await EditAsync("[property: JsonPropertyName(\"amount\")] ", "");
        (await packed.BuildAsync(Locked, [.. Update, "-p:AcceptBreakingEventContracts=true"])).Succeeds();
        Assert.Equal(
            "order-placed/1 customer string\norder-placed/1 note string?\norder-placed/1 total decimal\n", await File.ReadAllTextAsync(Contracts, Ct));
        (await packed.BuildAsync(Locked, "-warnaserror")).Succeeds();
    }

    [Fact]
    public async Task All_projects_of_a_solution_are_updated_at_once()
    {
        var folder = packed.FolderOf("AllContracts");
        foreach (var (project, source) in new[] { ("Events", "[EventStore.EF.Event] public sealed record Seen(int X);"), ("Without", ""), ("Plain", "") })
        {
            Directory.CreateDirectory(Path.Combine(folder, project));
            var locked = await File.ReadAllTextAsync(Path.Combine(packed.FolderOf(Locked), "Locked.csproj"), Ct);
            await File.WriteAllTextAsync(Path.Combine(folder, project, $"{project}.csproj"), project == "Plain" ? Plain : locked, Ct);
            await File.WriteAllTextAsync(Path.Combine(folder, project, "Source.cs"), source, Ct);
        }

        // As docs/events.md has it.
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/events.md"), Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "Directory.Build.targets"), page.Split("```xml\n")[1].Split("```")[0], Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "All.slnx"), Solution, Ct);

        (await packed.BuildAsync("AllContracts", "All.slnx")).Succeeds();
        (await packed.BuildAsync("AllContracts", ["All.slnx", .. Update])).Succeeds();

        Assert.Equal("seen/1 x int\n", await File.ReadAllTextAsync(Path.Combine(folder, "Events", "EventContracts.txt"), Ct));
        Assert.Single(Directory.GetFiles(folder, "EventContracts.txt", SearchOption.AllDirectories));
    }

    private async Task EditAsync(string old, string replacement)
    {
        var file = Path.Combine(packed.FolderOf(Locked), "OrderPlaced.cs");
        var source = await File.ReadAllTextAsync(file, Ct);
        Assert.Contains(old, source, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, source.Replace(old, replacement, StringComparison.Ordinal), Ct);
    }
}
