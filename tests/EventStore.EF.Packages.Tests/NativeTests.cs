namespace EventStore.EF.Packages.Tests;

/// <summary>A program with generated serializers, compiled ahead of time: what the linker can't see isn't there.</summary>
public sealed class NativeTests(PackedConsumers packed)
{
    [Fact]
    public async Task A_program_with_generated_serializers_is_published_for_Native_AOT_without_warnings_and_runs()
    {
        (await packed.RunAsync("Native", "dotnet", "publish", "--nologo", "--output", "native", "-warnaserror")).Succeeds();

        (await packed.RunAsync("Native", Path.Combine(packed.FolderOf("Native"), "native", "Native"))).Succeeds().Says(
            "\"customer\":\"Ada\"",
            "OrderPlaced { OrderId = 0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11, Customer = Ada,",
            "Payment = Card { Amount = 3, Number = 4711 }",
            "Customer = Eve,",
            "Note = kept",
            "ClosedBy = Bob");
    }
}
