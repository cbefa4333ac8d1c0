namespace EventStore.EF.Packages.Tests;

/// <summary>Domain projects on every framework and in every language that can define events.</summary>
public sealed class FrameworksTests(PackedConsumers packed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Domain_projects_build_on_every_supported_framework_and_share_a_contract_file()
    {
        const string Consumer = "Frameworks";
        (await packed.BuildAsync(Consumer, "-warnaserror")).Succeeds();
        (await packed.BuildAsync(Consumer, "-t:UpdateEventContracts")).Succeeds();

        Assert.Equal(
            "order-placed/1 channel string\norder-placed/1 customer string\norder-placed/1 lines int\norder-placed/1 orderId guid\n",
            await File.ReadAllTextAsync(Path.Combine(packed.FolderOf(Consumer), "EventContracts.txt"), Ct));
        (await packed.BuildAsync(Consumer, "-warnaserror")).Succeeds();
    }

    [Fact]
    public async Task An_older_framework_is_refused_by_NuGet()
        => (await packed.BuildAsync("OldFramework")).Fails("error NU1202", "netstandard2.0");

    [Fact]
    public async Task An_older_language_is_one_error_of_ours()
    {
        var result = await packed.BuildAsync("OldLanguage");

        result.Fails("error ESEF5002", "<LangVersion>latest</LangVersion>");
        Assert.DoesNotContain("error CS", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_in_other_languages_are_a_warning_until_they_are_listed()
    {
        (await packed.BuildAsync("Languages")).Succeeds().Says("warning ESEF1009", "'ParcelSent' in FSharp.Domain", "'InvoicePaid' in VisualBasic.Domain");
        (await packed.BuildAsync("Languages", "-p:Listed=true", "--no-incremental", "-warnaserror")).Succeeds();
        (await packed.RunAsync("Languages", "dotnet", "run", "--no-build")).Succeeds().Says("knows invoice-paid", "knows parcel-sent");
    }
}
