namespace EventStore.EF.Packages.Tests;

/// <summary>The contract file as users have it: the package's target, its analyzers and its fixes.</summary>
public sealed class ContractLockTests(PackedConsumers packed)
{
    private const string Locked = "Locked";
    private const string Shipped = "order-placed/1 amount decimal\norder-placed/1 customer string\n";

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

    private async Task EditAsync(string old, string replacement)
    {
        var file = Path.Combine(packed.FolderOf(Locked), "OrderPlaced.cs");
        var source = await File.ReadAllTextAsync(file, Ct);
        Assert.Contains(old, source, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, source.Replace(old, replacement, StringComparison.Ordinal), Ct);
    }
}
