namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>Attributes of other serializers, and what converters ask for.</summary>
internal static class ConverterShapes
{
    private const string Newtonsoft = """
        namespace Newtonsoft.Json
        {
            [AttributeUsage(AttributeTargets.All)] public sealed class JsonIgnoreAttribute : Attribute;
            [AttributeUsage(AttributeTargets.All)] public sealed class JsonPropertyAttribute : Attribute { public JsonPropertyAttribute() { } public JsonPropertyAttribute(string propertyName) => PropertyName = propertyName; public string? PropertyName { get; set; } }
            [AttributeUsage(AttributeTargets.All)] public sealed class JsonConstructorAttribute : Attribute;
        }

        """;

    private const string Asking = "public sealed class Letter(string text) { public string Text { get; } = text; } public sealed class Envelope { private Letter? _inside; public static Envelope Of(Letter l) => new() { _inside = l }; public Letter Open() => _inside!; } public sealed class EnvelopeConverter : JsonConverter<Envelope> { public override Envelope Read(ref Utf8JsonReader r, Type t, JsonSerializerOptions o) => Envelope.Of(JsonSerializer.Deserialize<Letter>(ref r, o)!); public override void Write(Utf8JsonWriter w, Envelope v, JsonSerializerOptions o) => JsonSerializer.Serialize(w, v.Open(), o); } ";

    public static IEnumerable<(string Name, string Source, string Values)> Stored =>
    [
        ("converter that asks for a type", "[assembly: EventConverter(typeof(EnvelopeConverter))] [Event] public record A(Envelope E); " + Asking, "new A(Envelope.Of(new(\"x\")))"),
        ("DataMember that changes nothing", "[Event, System.Runtime.Serialization.DataContract] public class A { [System.Runtime.Serialization.DataMember] public int X { get; set; } }", "new A { X = 3 }"),
        ("both attributes", "[Event] public class A { [Newtonsoft.Json.JsonProperty(\"y\"), JsonPropertyName(\"y\")] public int X { get; set; } [Newtonsoft.Json.JsonIgnore, JsonIgnore] public string? S { get; set; } } " + Newtonsoft, "new A { X = 3 }"),
        ("Newtonsoft's constructor is the one used", "[Event] public class A { [Newtonsoft.Json.JsonConstructor] public A(int x) => X = x; public int X { get; } } " + Newtonsoft, "new A(3)"),
        ("Newtonsoft's property without a name", "[Event] public class A { [Newtonsoft.Json.JsonProperty] public int X { get; set; } } " + Newtonsoft, "new A { X = 3 }"),
    ];

    public static IEnumerable<(string Name, string Source, string Id, string Text)> Refused =>
    [
        ("Newtonsoft's JsonIgnore", "[Event] public record A(int X, [property: Newtonsoft.Json.JsonIgnore] string Secret); " + Newtonsoft, "ESEF2013", "would be stored"),
        ("Newtonsoft's JsonProperty", "[Event] public record A([property: Newtonsoft.Json.JsonProperty(\"order_id\")] int X); " + Newtonsoft, "ESEF2013", "[JsonPropertyName]"),
        ("Newtonsoft's JsonProperty at a parameter", "[Event] public record A([Newtonsoft.Json.JsonProperty(\"order_id\")] int X); " + Newtonsoft, "ESEF2013", "[JsonPropertyName]"),
        ("Newtonsoft's JsonProperty at a private setter", "[Event] public class A { [Newtonsoft.Json.JsonProperty] public int X { get; private set; } } " + Newtonsoft, "ESEF2013", "[JsonInclude]"),
        ("Newtonsoft's constructor", "[Event] public class A { public A() { } [Newtonsoft.Json.JsonConstructor] public A(int x) => X = x; public int X { get; init; } } " + Newtonsoft, "ESEF2013", "another constructor would be used"),
        ("IgnoreDataMember", "[Event] public class A { [System.Runtime.Serialization.IgnoreDataMember] public string? Secret { get; set; } }", "ESEF2013", "would be stored"),
        ("NonSerialized backing field", "[Event] public class A { [field: NonSerialized] public string? Secret { get; set; } }", "ESEF2013", "'A.Secret' is marked [NonSerialized]"),
        ("XmlIgnore deeper", "public class B { [System.Xml.Serialization.XmlIgnore] public string? Secret { get; set; } } [Event] public record A(List<B> Items);", "ESEF2013", "Items → B → Secret"),
        ("DataContract with an unmarked member", "[Event, System.Runtime.Serialization.DataContract] public class A { [System.Runtime.Serialization.DataMember] public int X { get; set; } public string? Secret { get; set; } }", "ESEF2013", "'Secret', which isn't marked, would be stored"),
        ("DataMember with a name", "[Event] public class A { [System.Runtime.Serialization.DataMember(Name = \"order_id\")] public int X { get; set; } }", "ESEF2013", "[JsonPropertyName]"),
    ];
}
