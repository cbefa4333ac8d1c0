using System.Text;

namespace EventStore.EF.Generators.Tests.Versions;

/// <summary>What is stored is read as its newest version, whatever it was.</summary>
public sealed class UpcastingTests
{
    private static readonly EventCatalog Known = EventCatalog.Of(typeof(UpcastingTests).Assembly);

    private static readonly TicketSold Ada = new("Ada", "Lovelace", 10m, "EUR");

    [Theory]
    [InlineData("seat-sold", 1, """{"who":"Ada Lovelace","cents":1000}""")]
    [InlineData("ticket-sold", 1, """{"buyer":"Ada Lovelace","euros":10}""")]
    [InlineData("ticket-sold", 2, """{"buyer":"Ada Lovelace","cents":1000}""")]
    [InlineData("ticket-sold", 3, """{"name":"Ada Lovelace","price":10}""")]
    [InlineData("ticket-sold", 4, """{"first":"Ada","last":"Lovelace","price":10}""")]
    [InlineData("ticket-sold", 5, """{"first":"Ada","last":"Lovelace","price":10,"currency":"EUR"}""")]
    [InlineData("seat-sold", 5, """{"first":"Ada","last":"Lovelace","price":10,"currency":"EUR"}""")]
    public void Every_version_is_read_as_the_newest(string name, int version, string json)
    {
        var stored = Stored(name, version, json);

        Assert.Equal(Ada, stored.Data);
        Assert.Equal(Ada, stored.As<TicketSold>());
        Assert.Equal([Ada], stored.Parts);
        Assert.Equal((name, version), (stored.EventType, stored.SchemaVersion));
        Assert.Equal(json, Encoding.UTF8.GetString(stored.Payload.Span));
    }

    [Fact]
    public void An_event_that_became_several_has_parts_in_their_newest_version()
    {
        var stored = Stored("group-sold", 1, """{"names":["Ada Lovelace","Alan Turing"]}""");

        Assert.Equal([Ada, new TicketSold("Alan", "Turing", 10m, "EUR")], stored.Parts);
        Assert.Contains("is read as 2 events. Use RecordedEvent.Parts", Assert.Throws<InvalidOperationException>(() => stored.Data).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ticket-sold", """{"test":true}""")]
    [InlineData("group-sold", """{"names":[]}""")]
    public void An_event_that_is_no_more_has_no_parts(string name, string json)
    {
        var stored = Stored(name, 1, json);

        Assert.Empty(stored.Parts);
        Assert.Throws<InvalidOperationException>(() => stored.Data);
    }

    [Theory]
    [InlineData("ticket-sold", 3, """{"name":"broken","price":10}""", "no such name")]
    [InlineData("ticket-sold", 1, """{"buyer":"Ada"}""", "JsonObject")]
    [InlineData("ticket-sold", 1, "[]", "not a JSON object")]
    [InlineData("ticket-sold", 2, """{"cents":""", "JSON")]
    public void What_an_upcaster_throws_names_the_event(string name, int version, string json, string text)
    {
        var exception = Assert.Throws<EventDeserializationException>(() => Stored(name, version, json).Parts);

        Assert.Equal((name, 7L), (exception.EventType, exception.StreamVersion));
        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_that_nothing_reads_stays_unknown()
        => Assert.Equal(6, Assert.Throws<UnknownEventTypeException>(() => Stored("ticket-sold", 6, "{}").Data).SchemaVersion);

    [Fact]
    public void A_subscriber_of_the_newest_version_asks_for_all_names_of_the_past()
        => Assert.Equal(["group-sold", "seat-sold", "ticket-sold"], Known.NamesReadAs([typeof(TicketSold)]).Order(StringComparer.Ordinal));

    [Fact]
    public void Chains_of_one_assembly_are_composed_at_compile_time()
    {
        Assert.Equal(typeof(TicketSold), Known.Upcasters.Newest(typeof(TicketSoldV3)));
        Assert.All(Known.Upcasters.JsonSources(), source => Assert.Equal(("ticket-sold", 3), source.Newest));
    }

    [Fact]
    public void Chains_of_several_assemblies_are_joined_and_checked()
    {
        var circle = UpcasterDescriptor.ToOne(typeof(TicketSold), typeof(TicketSoldV3), e => e);
        Assert.Contains("cycle", Assert.Throws<ArgumentException>(() => Joined(circle)).Message, StringComparison.Ordinal);

        var again = UpcasterDescriptor.ToSeveral(typeof(TicketSoldV3), _ => []);
        Assert.Contains("Two upcasters read", Assert.Throws<ArgumentException>(() => Joined(again)).Message, StringComparison.Ordinal);

        Assert.Null(Joined(UpcasterDescriptor.ToSeveral(typeof(TicketSold), e => [e])).Upcasters.Newest(typeof(TicketSoldV3)));
        Assert.Throws<ArgumentException>(() => Joined(new JsonUpcasterDescriptor("x", 1, "nowhere", 1, json => json)));

        static EventCatalog Joined(object more)
        {
            var part = typeof(UpcastingTests).Assembly.GetCustomAttributes(typeof(EventCatalogAttribute), false).Cast<EventCatalogAttribute>().Single();
            return new((EventCatalogPart)Activator.CreateInstance(part.PartType)!, new More(more));
        }
    }

    private static RecordedEvent Stored(string name, int version, string json) => new(Known)
    {
        EventId = Guid.Empty,
        Position = 11,
        StreamName = "s",
        StreamVersion = 7,
        Number = 7,
        EventType = name,
        SchemaVersion = version,
        Payload = Encoding.UTF8.GetBytes(json),
        CreatedAt = default,
    };

    private sealed class More(object upcaster) : EventCatalogPart
    {
        public override void Contribute(EventCatalogBuilder builder)
        {
            if (upcaster is UpcasterDescriptor typed)
                builder.Add(typed);
            else
                builder.Add((JsonUpcasterDescriptor)upcaster);
        }
    }
}
