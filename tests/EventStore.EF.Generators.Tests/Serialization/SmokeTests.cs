using System.Text.Json;
using EventStore.EF.Generators.Tests.Corpus;

namespace EventStore.EF.Generators.Tests.Serialization;

public sealed class SmokeTests
{
    [Fact]
    public void Works()
    {
        var catalog = EventCatalog.Of(typeof(SmokeTests).Assembly);
        var info = catalog.Find(typeof(OrderPlaced))!.JsonTypeInfo;
        Assert.Equal("""{"orderId":"00000000-0000-0000-0000-000000000000","customer":"Ada","amount":12.50}""",
            JsonSerializer.Serialize((object)new OrderPlaced(Guid.Empty, "Ada", 12.50m), info));
        var simple = (Simple)JsonSerializer.Deserialize("""{"must":"x"}""", catalog.Find("old-simple", 2)!.JsonTypeInfo)!;
        Assert.Equal(new Simple { Must = "x" }, simple);
    }
}
