using System.Globalization;
using EventStore.EF.Generators.Tests.Driver;

namespace EventStore.EF.Generators.Tests.Diagnostics;

/// <summary>Warnings and information: what the analyzers say of code that compiles.</summary>
public sealed class AnalyzerTests
{
    private const string Using = """
        using System.Collections.Generic;
        using System.Text.Json.Serialization;
        using System.Threading;
        using System.Threading.Tasks;
        using EventStore.EF;

        [Event] public sealed record Placed(int X);
        public enum Color { Red, Green }

        """;

    [Theory]
    [InlineData("[Event] public class A { public int X { get; set; } }", "'X' of 'A' can be changed")]
    [InlineData("public class B { public string? X { get; set; } } [Event] public class A { public B? One { get; init; } } [Event] public class C { public B? Two { get; init; } }", "'X' of 'B' can be changed")]
    [InlineData("[Event] public class A { public int V { get; set; } public int W { get; set; } public int X { get; set; } public int Y { get; set; } }", "'V', 'W', 'X' and 1 more of 'A' can be changed")]
    [InlineData("[Event] public class A { [JsonInclude] public int X; }", "'X' of 'A' can be changed")]
    public Task ESEF1005_is_a_member_that_can_be_changed(string source, string text) => Reported("ESEF1005", source, text);

    [Theory]
    [InlineData("[Event] public class A { public int X { get; init; } [JsonInclude] public int Y { get; private set; } }")]
    [InlineData("[Event] public record struct A(int X);")]
    [InlineData("public class A { public int X { get; set; } }")]
    public Task A_member_that_cannot_be_changed_is_not_reported(string source) => NothingReported(source);

    private const string Context = """
        [JsonSerializable(typeof(Placed))]
        public sealed class Mine() : JsonSerializerContext(null)
        {
            public static Mine Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(System.Type type) => null;
        }

        """;

    [Fact]
    public Task ESEF2001_is_an_event_beside_a_context_of_the_users()
        => Reported("ESEF2001", Context + "[Event] public record Paid(int X);", "'Paid' isn't in 'Mine'");

    [Fact]
    public Task Events_in_a_context_are_not_reported_whatever_they_are_made_of()
        => NothingReported("[Event] public record Paid(object X, Color Y, System.Action Z);" + Context.Replace("(typeof(Placed))", "(typeof(Placed)), JsonSerializable(typeof(Paid))", StringComparison.Ordinal));

    [Fact]
    public Task A_context_without_events_is_not_reported()
        => NothingReported("public record Paid(int X);" + Context.Replace("typeof(Placed)", "typeof(Paid)", StringComparison.Ordinal));

    private const string Payment = "[JsonDerivedType(typeof(Card), \"card\")] public abstract record Payment; public record Card : Payment; ";

    [Theory]
    [InlineData(Payment + "public record Cash : Payment; [Event] public record Paid(Payment? P);", "'Cash' derives from 'Payment'")]
    [InlineData(Payment + "public record Gold : Card; [Event] public record Paid(List<Payment>? P);", "'Gold' derives from 'Payment'")]
    [InlineData("[JsonDerivedType(typeof(A), 1)] public interface I; public class A : I; public struct B : I; [Event] public record Paid(I? P);", "'B' derives from 'I'")]
    [InlineData("public record Pet(string Name); public record Dog(string Name, int Age) : Pet(Name); [Event] public record Fed(Pet? P);", "what it adds is lost")]
    public Task ESEF2006_is_a_derived_type_that_is_not_declared(string source, string text) => Reported("ESEF2006", source, text);

    [Theory]
    [InlineData(Payment + "[Event] public record Paid(Payment? P);")]
    [InlineData(Payment + "public abstract record Cash : Payment; [Event] public record Paid(Payment? P);")]
    [InlineData("public record Pet(string Name); public record Dog(string Name) : Pet(Name); [Event] public record Fed(Pet? P);")]
    [InlineData("[Event] public record Fed(string Name); [Event] public record Fed2(string Name, int Age) : Fed(Name);")]
    [InlineData(Payment + "public record Cash : Payment;")]
    [InlineData("[JsonPolymorphic(UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToBaseType), JsonDerivedType(typeof(C))] public record B; public record C : B; public record D : B; [Event] public record Paid(B? P);")]
    public Task A_derived_type_that_is_declared_or_in_no_event_is_not_reported(string source) => NothingReported(source);

    [Theory]
    [InlineData("[Event] public record A(int X, string Y);", "a/1 x int\n", "'A.Y' is null in events")]
    [InlineData("[Event(Aliases = [\"b\"])] public record A(int X, string Y);", "a/1 x int\na/1 y string\nb/1 x int\n", "'A.Y' is null in events")]
    [InlineData("public class B(List<int> z, int y) { public List<int> Z { get; } = z; public int Y { get; } = y; } [Event] public record A(B? X);", "a/1 x object?\na/1 x.y int\n", "'B.Z' is null in events")]
    public async Task ESEF2009_is_a_parameter_that_is_null_in_recorded_events(string source, string contracts, string text)
    {
        var diagnostics = (await Harness.AnalyzeAsync(Using + source, contracts + "placed/1 x int\n")).Where(d => d.Id == "ESEF2009").ToList();

        Assert.Contains(text, Assert.Single(diagnostics).GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[Event] public record A(int X, string Y);", null)]
    [InlineData("[Event] public record A(int X, string Y);", "")]
    [InlineData("[Event] public record A(int X, string Y);", "a/1 x int\na/1 y string\n")]
    [InlineData("[Event] public record A(int X, string? Y, string Z = \"z\") { public required string R { get; init; } public string I { get; init; } = \"\"; }", "a/1 x int\n")]
    [InlineData("public record B(string Y); [Event] public record A(int X, B? New = null);", "a/1 x int\n")]
    public async Task A_member_that_old_events_have_or_that_is_never_null_is_not_reported(string source, string? contracts)
        => Assert.DoesNotContain(
            await Harness.AnalyzeAsync(Using + source, contracts is null ? null : contracts + "placed/1 x int\n"), d => d.Id == "ESEF2009");

    [Theory]
    [InlineData("[Event] public record A(int X) { public int Twice => X * 2; }", "'A.Twice' is computed")]
    [InlineData("public record B(int Y) { public int Twice => Y * 2; } [Event] public record A(B? X); [Event] public record C(B? X);", "'X → B → Twice' is computed")]
    public Task ESEF2016_is_a_computed_member(string source, string text) => Reported("ESEF2016", source, text);

    [Theory]
    [InlineData("[Event] public record A(int X) { [JsonIgnore] public int Twice => X * 2; public static int S => 1; private int P => 2; }")]
    public Task A_computed_member_that_is_left_out_is_not_reported(string source) => NothingReported(source);

    [Fact]
    public async Task The_event_of_the_README_compiles_without_a_finding_of_any_severity()
    {
        const string Event = "[Event(\"order-placed\")] public sealed record OrderPlaced(System.Guid OrderId, string Customer, decimal Amount);";

        Assert.Empty(await Harness.AnalyzeAsync(Using + Event));
        Harness.Run(Using + Event).IsClean();
    }

    private const string PayloadConverter = "public sealed class Payload { private object? _content; public object? Open() => _content ??= 1; } public sealed class PayloadConverter : JsonConverter<Payload> { public override Payload Read(ref System.Text.Json.Utf8JsonReader r, System.Type t, System.Text.Json.JsonSerializerOptions o) => new(); public override void Write(System.Text.Json.Utf8JsonWriter w, Payload v, System.Text.Json.JsonSerializerOptions o) => System.Text.Json.JsonSerializer.Serialize(w, v.Open(), v.Open()!.GetType(), o); } ";

    [Fact]
    public Task ESEF2015_is_a_converter_that_asks_for_a_type_that_nobody_knows()
        => Reported("ESEF2015", "[Event] public record A([property: JsonConverter(typeof(PayloadConverter))] Payload P); " + PayloadConverter, "'PayloadConverter' asks its options");

    [Theory]
    [InlineData("public sealed record Other(int X); class C { Task M(IEventStore s) => s.AppendAsync(\"s\", ExpectedVersion.Any, new Other(1)); }", "'Other' is appended")]
    [InlineData("public record Other(int X); class C { Task M(IEventStore s) => s.AppendAsync<Other>(\"s\", 1, new(1)); }", "'Other' is appended")]
    [InlineData("class C { Task M(IEventStore s) => s.AppendAsync(\"s\", 1, new[] { new Placed(1) }); }", "'Placed[]' is appended")]
    [InlineData("class C { Task M(IEventStore s) => s.AppendAsync(\"s\", 1, \"text\"); }", "'string' is appended")]
    [InlineData("public record struct Other(int X); class C { object M() => new NewEvent(new Other(1)); }", "'Other' is appended")]
    [InlineData("class C { NewEvent M() => new(5); }", "'int' is appended")]
    [InlineData("class C { NewEvent M(List<Placed> l) => new(l) { EventId = default }; }", "'List<Placed>' is appended")]
    public Task ESEF1007_is_an_object_appended_that_is_no_event(string source, string text) => Reported("ESEF1007", source, text);

    [Theory]
    [InlineData("class C { Task M(IEventStore s) => s.AppendAsync(\"s\", 1, new Placed(1)); }")]
    [InlineData("class C { Task M(IEventStore s, object o) => s.AppendAsync(\"s\", 1, o); }")]
    [InlineData("class C { Task M<T>(IEventStore s, T o) where T : notnull => s.AppendAsync(\"s\", 1, o); }")]
    [InlineData("public abstract record B; class C { Task M(IEventStore s, B o) => s.AppendAsync(\"s\", 1, o); }")]
    [InlineData("public interface IB; class C { object M(IB o) => new NewEvent(o); }")]
    [InlineData("class C { object M() => new NewEvent(new Placed(1)); object N() => new NewEvent(null!); }")]
    [InlineData("class C { Task AppendAsync<T>(T o) => Task.CompletedTask; Task M() => AppendAsync(5); }")]
    public Task What_may_be_an_event_is_not_reported(string source) => NothingReported(source);

    [Theory]
    [InlineData("[Event] public record A(Color X);", "'A.X' stores the enum 'Color' as a number")]
    [InlineData("[Event] public record A(Color? X);", "'A.X' stores the enum 'Color' as a number")]
    [InlineData("public record B(Color X); [Event] public record A(B? One); [Event] public record A2(B? Two);", " → B → X' stores the enum 'Color' as a number")]
    public Task ESEF2008_is_an_enum_stored_as_its_number(string source, string text) => Reported("ESEF2008", source, text);

    [Theory]
    [InlineData("[Event] public record A([property: JsonConverter(typeof(JsonStringEnumConverter<Color>))] Color X);")]
    [InlineData("[JsonConverter(typeof(JsonStringEnumConverter<Named>))] public enum Named { One } [Event] public record A(Named X, Named? Y);")]
    [InlineData("[Event] public record A([property: JsonIgnore] Color X = Color.Red);")]
    public Task An_enum_stored_by_name_or_not_at_all_is_not_reported(string source) => NothingReported(source);

    [Theory]
    [InlineData("[Event] public record A(object? X);", "'A.X' holds an object")]
    [InlineData("[Event] public record A(Dictionary<string, List<object?>>? X);", "'A.X' holds an object")]
    public Task ESEF2010_is_a_member_of_type_object(string source, string text) => Reported("ESEF2010", source, text);

    [Theory]
    [InlineData("public sealed record Other(int X); class S : ISubscriber<Other> { public ValueTask HandleAsync(Other e, EventContext c, CancellationToken t) => default; }", "'S' handles 'Other'")]
    [InlineData("public record Other(int X); class S : ISubscriber<Other> { public ValueTask HandleAsync(Other e, EventContext c, CancellationToken t) => default; }", "'S' handles 'Other'")]
    [InlineData("class S : ISubscriber<string> { public ValueTask HandleAsync(string e, EventContext c, CancellationToken t) => default; }", "'S' handles 'string'")]
    public Task ESEF4001_is_a_handler_of_no_event(string source, string text) => Reported("ESEF4001", source, text);

    [Theory]
    [InlineData("class S : ISubscriber<Placed> { public ValueTask HandleAsync(Placed e, EventContext c, CancellationToken t) => default; }")]
    [InlineData("class S : ISubscriber<object> { public ValueTask HandleAsync(object e, EventContext c, CancellationToken t) => default; }")]
    [InlineData("public interface IB; class S : ISubscriber<IB> { public ValueTask HandleAsync(IB e, EventContext c, CancellationToken t) => default; }")]
    [InlineData("public record B; [Event] public record D : B; class S : ISubscriber<B> { public ValueTask HandleAsync(B e, EventContext c, CancellationToken t) => default; }")]
    [InlineData("abstract class S<T> : ISubscriber<T> where T : notnull { public ValueTask HandleAsync(T e, EventContext c, CancellationToken t) => default; } class D : S<Placed>;")]
    public Task A_handler_of_what_may_be_an_event_is_not_reported(string source) => NothingReported(source);

    private const string Base = "class B : ISubscriber<Placed> { public virtual ValueTask HandleAsync(Placed e, EventContext c, CancellationToken t) => default; } ";

    [Fact]
    public Task ESEF4003_is_a_subscriber_only_by_its_base_class()
        => Reported("ESEF4003", Base + "class D : B;", "'D' is a subscriber only because its base class 'B' is one");

    [Theory]
    [InlineData(Base + "class D : B, ISubscriber<Placed>;")]
    [InlineData("abstract " + Base + "class D : B;")]
    public Task A_subscriber_that_says_so_or_completes_an_abstract_one_is_not_reported(string source) => NothingReported(source);

    private const string Sold1 = "[Event(\"sold\")] public record Sold1(int X); ";
    private const string Sold2 = "[Event(\"sold\", Version = 2)] public record Sold2(int X); ";
    private const string Sold3 = "[Event(\"sold\", Version = 3)] public record Sold3(int X); ";
    private const string Up12 = "class Up12 : IUpcaster<Sold1, Sold2> { public Sold2 Upcast(Sold1 e) => new(e.X); } ";
    private const string Up13 = "class Up13 : IUpcaster<Sold1, Sold3> { public Sold3 Upcast(Sold1 e) => new(e.X); } ";
    private const string Json2 = "[JsonUpcaster(\"sold\", 2)] class Json2 : IJsonUpcaster { public System.Text.Json.Nodes.JsonObject? Upcast(System.Text.Json.Nodes.JsonObject e) => e; } ";

    [Theory]
    [InlineData(Sold1 + Sold2, "Events 'sold' version 1 are not read as the newest version: no upcaster leads from 'Sold1' to version 2")]
    [InlineData(Sold1 + Sold2 + Sold3 + Up12, "version 2 are not read as the newest version: no upcaster leads from 'Sold2'")]
    [InlineData(Sold1 + Sold3 + Up13, "version 2 are not read as the newest version: no type and no upcaster reads it")]
    public Task ESEF1006_is_a_version_that_leads_nowhere(string source, string text) => Reported("ESEF1006", source, text);

    [Theory]
    [InlineData(Sold1 + Sold2 + Up12)]
    [InlineData(Sold1 + Sold3 + Up13 + Json2)]
    public Task Versions_without_a_gap_are_not_reported(string source) => NothingReported(source);

    [Fact]
    public Task ESEF4002_is_a_handler_of_a_version_of_the_past()
        => Reported("ESEF4002", Sold1 + Sold2 + Up12 + "class S : ISubscriber<Sold1> { public ValueTask HandleAsync(Sold1 e, EventContext c, CancellationToken t) => default; }", "'S' handles 'Sold1', which is read as 'Sold2'");

    [Fact]
    public async Task ESEF5001_is_a_reference_that_another_version_generated()
    {
        var same = Harness.Run(Using, "Same").ToReference();
        var other = Harness.Compile(["""
            [assembly: EventStore.EF.EventCatalog(typeof(Part))]
            [System.CodeDom.Compiler.GeneratedCode("EventStore.EF.Generators", "9.8.7.6")]
            public class Part : EventStore.EF.EventCatalogPart { public override void Contribute(EventStore.EF.EventCatalogBuilder builder) { } }
            """], "Other").ToMetadataReference();

        var found = Assert.Single(await Harness.AnalyzeAsync("class C;", references: [same, other]));

        Assert.Equal("ESEF5001", found.Id);
        Assert.StartsWith("The events of 'Other' were registered by version 9.8.7.6 of the generator", found.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pragma_silences_a_warning()
        => await NothingReported("""
            class C
            {
            #pragma warning disable ESEF1007
                object M() => new NewEvent("text");
            #pragma warning restore ESEF1007
            }
            """);

    private static async Task Reported(string id, string source, string text)
    {
        var diagnostic = Assert.Single(await Harness.AnalyzeAsync(Using + source));
        Assert.Equal(id, diagnostic.Id);
        Assert.Contains(text, diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.True(diagnostic.Location.IsInSource);
        Harness.Run(Using + source).IsClean();
    }

    private static async Task NothingReported(string source)
    {
        Assert.Empty(await Harness.AnalyzeAsync(Using + source));
        Harness.Run(Using + source).IsClean();
    }
}
