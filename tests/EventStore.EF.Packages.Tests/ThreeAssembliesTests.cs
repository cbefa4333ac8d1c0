namespace EventStore.EF.Packages.Tests;

/// <summary>A web application and the two domain libraries that it restores as packages; each has events.</summary>
public sealed class ThreeAssembliesTests(PackedConsumers packed)
{
    private const string Web = "Web";

    [Fact]
    public async Task Events_of_all_assemblies_are_stored_and_read_and_a_name_that_two_of_them_have_fails_the_build()
    {
        foreach (var domain in (string[])["Sales.Domain", "Billing.Domain", "Returns.Domain"])
            (await packed.RunAsync(domain, "dotnet", "pack", "--nologo", "--output", packed.Packages)).Succeeds();

        (await packed.BuildAsync(Web, "-warnaserror")).Succeeds();
        var environment = new Dictionary<string, string> { ["SHOP_DATABASE"] = $"Data Source={Path.Combine(packed.FolderOf(Web), "shop.db")}" };
        (await CommandLine.RunAsync(packed.FolderOf(Web), "dotnet", ["run", "--no-build"], environment)).Succeeds().Says(
            "1: order-placed OrderPlaced { Number = 7, Customer = Ada }",
            "2: invoice-sent InvoiceSent { Number = 7, Amount = 12.50 }",
            "3: order-viewed OrderViewed { Number = 7, On = 01/31/2026 }");

        (await packed.BuildAsync(Web, "-p:WithReturns=true")).Fails("error ESEF1002", "order-placed", "Returns.Domain", "Sales.Domain");
    }
}
