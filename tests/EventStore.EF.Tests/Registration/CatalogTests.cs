using System.Text;
using EventStore.EF.Registration;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Tests.Registration;

public class CatalogTests
{
    /// <summary>Neither the caller nor a test host references the assembly of the class.</summary>
    [Fact]
    public void The_assembly_of_a_subscriber_belongs_to_the_catalog()
        => Assert.Contains(typeof(StringBuilder).Assembly, Registered(store => store.AddSubscriber<StringBuilder>("letters")).Assemblies);

    [Fact]
    public void A_marked_type_with_a_serializer_of_its_own_is_registered()
    {
        var catalog = Registered(store => store.UseSerializer<ParcelSent>(new Plain())).CreateCatalog();

        Assert.Same(catalog.Find(typeof(ParcelSent)), catalog.Find("parcel-posted", 1));
        Assert.Contains(
            "UseSerializer<ParcelSent>",
            Assert.Throws<InvalidOperationException>(() => catalog.Find(typeof(ParcelSent))!.Serialize(new ParcelSent())).Message,
            StringComparison.Ordinal);
    }

    /// <summary>As in an assembly in which no generator runs.</summary>
    [Fact]
    public void A_marked_type_is_described_by_its_attribute()
    {
        var descriptor = EventDescriptor.WithOwnSerializer(typeof(ParcelSent));

        Assert.Equal(("parcel-sent", 1, "parcel-posted"), (descriptor?.Name, descriptor?.Version, descriptor?.Aliases[0]));
        Assert.Null(EventDescriptor.WithOwnSerializer(typeof(StringBuilder)));
    }

    [Fact]
    public void A_type_that_is_not_marked_is_refused()
        => Assert.Contains(
            "Mark it [Event]",
            Assert.Throws<InvalidOperationException>(() => Registered(store => store.UseSerializer<StringBuilder>(new Plain())).CreateCatalog()).Message,
            StringComparison.Ordinal);

    private static EventStoreRegistration Registered(Action<EventStoreBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddEventStore(store => configure(store.UseSqlite("Data Source=unused.db")));
        return (EventStoreRegistration)services.Single(service => service.ServiceType == typeof(EventStoreRegistration)).ImplementationInstance!;
    }

    [Event(Aliases = ["parcel-posted"], HasOwnSerializer = true)]
    internal sealed class ParcelSent
    {
        private int _weight;

        public int Next() => ++_weight;
    }

    private sealed class Plain : IEventSerializer
    {
        public string ContentType => "text/plain";

        public byte[] Serialize(object data) => Encoding.UTF8.GetBytes(data.ToString()!);

        public object Deserialize(ReadOnlyMemory<byte> payload, Type type) => Encoding.UTF8.GetString(payload.Span);
    }
}
