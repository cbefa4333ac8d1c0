using EventStore.EF.Generators.Tests.Corpus;

namespace EventStore.EF.Generators.Tests.Catalog;

public sealed class CatalogTests
{
    private static readonly EventCatalog Known = EventCatalog.Of(typeof(CatalogTests).Assembly);

    [Fact]
    public void An_event_is_found_by_its_type_and_by_its_name()
    {
        var descriptor = Known.Find(typeof(OrderPlaced));

        Assert.NotNull(descriptor);
        Assert.Equal("order-placed", descriptor.Name);
        Assert.Equal(1, descriptor.Version);
        Assert.Empty(descriptor.Aliases);
        Assert.Same(descriptor, Known.Find("order-placed", 1));
        Assert.Null(Known.Find("order-placed", 2));
    }

    [Fact]
    public void An_event_is_found_by_each_alias_in_its_version()
    {
        var descriptor = Known.Find("init-only", 2);

        Assert.NotNull(descriptor);
        Assert.Equal(["init-old", "init-older"], descriptor.Aliases);
        Assert.Same(descriptor, Known.Find("init-old", 2));
        Assert.Same(descriptor, Known.Find("init-older", 2));
        Assert.Null(Known.Find("init-old", 1));
    }

    [Fact]
    public void Types_that_events_contain_are_no_events() => Assert.Null(Known.Find(typeof(Address)));
}
