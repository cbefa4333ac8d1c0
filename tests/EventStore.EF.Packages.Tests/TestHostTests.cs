namespace EventStore.EF.Packages.Tests;

/// <summary>An application that a test host loads: its entry assembly is not the application's.</summary>
public sealed class TestHostTests(PackedConsumers packed)
{
    [Fact]
    public async Task An_application_whose_AddEventStore_stands_in_a_class_library_knows_its_events_under_a_test_host()
    {
        const string Consumer = "Shop.Tested";
        (await packed.BuildAsync(Consumer, "-warnaserror")).Succeeds();
        (await packed.RunAsync(Consumer, "dotnet", "test", "--no-build", "--nologo")).Succeeds().Says("Passed: ", "1");
    }
}
