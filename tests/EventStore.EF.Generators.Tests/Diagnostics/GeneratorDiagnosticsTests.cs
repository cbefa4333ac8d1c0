using System.Globalization;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Tests.Driver;

namespace EventStore.EF.Generators.Tests.Diagnostics;

/// <summary>Errors: what the generator refuses. Each row is one declaration, with the only diagnostic it gets and a part of its text.</summary>
public sealed class GeneratorDiagnosticsTests
{
    private const string Using = """
        using System;
        using System.Collections.Generic;
        using System.Text.Json.Serialization;
        using System.Threading;
        using System.Threading.Tasks;
        using EventStore.EF;

        """;

    [Theory]
    [InlineData("[Event(\"\")] public record A(int X);", "its name is empty")]
    [InlineData("[Event(null!)] public record A(int X);", "its name is empty")]
    [InlineData("[Event(\"a b\")] public record A(int X);", "contains ' '")]
    [InlineData("[Event(Version = 0)] public record A(int X);", "its version is 0")]
    [InlineData("[Event(Aliases = [\"b/c\"])] public record A(int X);", "contains '/'")]
    [InlineData("[Event(Aliases = [null!])] public record A(int X);", "its name is empty")]
    [InlineData("[Event(\"a\", Aliases = [\"a\"])] public record A(int X);", "the name 'a' twice")]
    public void ESEF1001_is_a_name_that_cannot_be_stored(string source, string text) => Refused("ESEF1001", source, text);

    [Fact]
    public void A_name_of_200_characters_is_taken_and_one_more_is_ESEF1001()
    {
        Harness.Run(Using + $"[Event(\"{new string('a', 200)}\")] public record A(int X);").IsClean();
        Refused("ESEF1001", $"[Event(\"{new string('a', 201)}\")] public record A(int X);", "its name has 201 characters");
    }

    [Theory]
    [InlineData("[Event] public record A(int X); namespace N { [Event(\"a\")] public record B(int X); }", "'B' and 'A (File0.cs:7)' are both stored as 'a' version 1")]
    [InlineData("[Event(\"a\", Version = 2)] public record A(int X); [Event(\"b\", Version = 2, Aliases = [\"a\"])] public record B(int X);", "version 2")]
    public void ESEF1002_is_a_name_that_two_events_share(string source, string text) => Refused("ESEF1002", source, text);

    [Fact]
    public void Two_versions_of_one_name_are_two_events()
        => Harness.Run(Using + "[Event(\"a\")] public record A(int X); [Event(\"a\", Version = 2)] public record B(int X);").IsClean();

    [Theory]
    [InlineData("[Event] public abstract record A(int X);", "abstract")]
    [InlineData("[Event] public static class A;", "static")]
    [InlineData("[Event] public record A<T>(T X);", "generic")]
    [InlineData("public class Outer<T> { [Event] public record A(int X); }", "generic")]
    [InlineData("[Event] public ref struct A { public int X { get; set; } }", "a ref struct")]
    public void ESEF1003_is_a_type_of_which_no_object_can_be_an_event(string source, string text) => Refused("ESEF1003", source, text);

    [Theory]
    [InlineData("public class Outer { [Event] private record A(int X); }")]
    [InlineData("public class Outer { private class Middle { [Event] public record A(int X); } }")]
    [InlineData("public class Outer { [Event] protected record A(int X); }")]
    [InlineData("[Event] file record A(int X);")]
    public void ESEF1004_is_an_event_that_generated_code_cannot_reach(string source) => Refused("ESEF1004", source, "make it");

    [Theory]
    [InlineData("[Event] public record A(Action X);", "a delegate")]
    [InlineData("[Event] public record A(dynamic X);", "dynamic")]
    [InlineData("[Event] public record A(int[,] X);", "multidimensional")]
    [InlineData("[Event] public record A((int, string) X);", "tuple")]
    [InlineData("[Event] public record A(Type X);", "has no JSON form")]
    [InlineData("[Event] public record A(nint X);", "has no JSON form")]
    [InlineData("[Event] public record A(List<List<Action>> X);", "a delegate")]
    [InlineData("[Event] public record A(System.Collections.IList X);", "can't be read from JSON")]
    [InlineData("[Event] public record A(System.Collections.ObjectModel.ReadOnlyCollection<int> X);", "can't be read from JSON")]
    [InlineData("public class Mine : List<int> { public Mine(int x) { } } [Event] public record A(Mine X);", "has a public parameterless constructor")]
    [InlineData("public record K(int V); [Event] public record A(Dictionary<K, int> X);", "a dictionary's key can't be 'K'")]
    [InlineData("[Event] public class A(int xy) { public int Xy { get; } = xy; public int xY { get; } = xy; }", "matches both 'Xy' and 'xY'")]
    [InlineData("public record B(Func<int> F); [Event] public record A(List<B> X);", "'X → B → F' can't be serialized")]
    [InlineData("[Event] public record A([property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] string X);", "[JsonNumberHandling] is for numbers")]
    [InlineData("[Event] public class A { [JsonExtensionData] public Dictionary<string, int>? X { get; set; } }", "use Dictionary<string, JsonElement>")]
    [InlineData("[Event] public class A { [JsonExtensionData] public Dictionary<string, object>? X { get; set; } [JsonExtensionData] public Dictionary<string, object>? Y { get; set; } }", "two members")]
    [InlineData("[Event] public record A([property: JsonExtensionData] Dictionary<string, object> X);", "the constructor can't take extension data")]
    [InlineData("[Event] public record A(int X) { [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public List<int> Y { get; } = []; }", "a parameterless constructor")]
    [InlineData("[Event] public class A { [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public string? X { get; set; } }", "can't be populated")]
    [InlineData("[Event] public record A([property: JsonConverter(typeof(JsonStringEnumConverter))] int X);", "is for enums")]
    [InlineData("[JsonPolymorphic] public record B(int X); [Event] public record A(B X);", "without a [JsonDerivedType]")]
    [InlineData("[JsonDerivedType(typeof(B), 1)] public sealed record B(int X); [Event] public record A(B X);", "nothing can derive from it")]
    [InlineData("[JsonDerivedType(typeof(C))] public abstract record B(int X); public record C(int X) : B(X); [Event] public record A(B X);", "declared without a discriminator")]
    [InlineData("[JsonDerivedType(typeof(C))] public record B(int X); public record C(int X); [Event] public record A(B X);", "declared as derived from 'B', but isn't")]
    [InlineData("[JsonDerivedType(typeof(C))] public record B(int X); public abstract record C(int X) : B(X); [Event] public record A(B X);", "'C' of 'B' is abstract")]
    [InlineData("[JsonDerivedType(typeof(C<>))] public record B(int X); public record C<T>(int X) : B(X); [Event] public record A(B X);", "doesn't name a closed type")]
    [InlineData("[JsonDerivedType(typeof(C), 1), JsonDerivedType(typeof(C), 2)] public record B(int X); public record C(int X) : B(X); [Event] public record A(B X);", "'C' twice")]
    [InlineData("[JsonDerivedType(typeof(C), 1), JsonDerivedType(typeof(D), 1)] public record B(int X); public record C(int X) : B(X); public record D(int X) : B(X); [Event] public record A(B X);", "two derived types as '1'")]
    [InlineData("[JsonDerivedType(typeof(C), 1), JsonPolymorphic(TypeDiscriminatorPropertyName = \"kind\")] public record B(int X); public record C(int Kind) : B(1); [Event] public record A(B X);", "'kind'")]
    [InlineData("[Event] public class A { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int X { get; set; } }", "WhenWritingDefault")]
    [InlineData("[Event] public class A { [JsonRequired] public int X { get; } }", "required but can't be set")]
    [InlineData("[Event] public class A { [JsonIgnore] public required int X { get; set; } }", "could never be read")]
    [InlineData("[Event] public class A { private int _x; public ref int X => ref _x; }", "returns a reference")]
    [InlineData("public class Outer { private enum E; [Event] public class A { [JsonInclude] private E X { get; set; } } }", "can't reach")]
    [InlineData("[Event] public class A { [JsonConverter(typeof(C))] public int X { get; set; } public class C(int x) : JsonConverter<int> { public override int Read(ref System.Text.Json.Utf8JsonReader r, Type t, System.Text.Json.JsonSerializerOptions o) => x; public override void Write(System.Text.Json.Utf8JsonWriter w, int v, System.Text.Json.JsonSerializerOptions o) { } } }", "can't create its converter")]
    public void ESEF2002_is_a_member_that_cannot_be_stored(string source, string text) => Refused("ESEF2002", source, text);

    [Theory]
    [InlineData("[Event(\"a\"), Obsolete(\"old\", true)] public record V1(int X); [Event(\"a\", Version = 2)] public record V2(int X); [Obsolete] public class U : IUpcaster<V1, V2> { public V2 Upcast(V1 e) => new(e.X); }")]
    [InlineData("[Event(\"a\"), Obsolete(\"old\", true)] public record V1(int X); [Obsolete] public class S : ISubscriber<V1> { public ValueTask HandleAsync(V1 e, EventContext c, CancellationToken t) => default; }")]
    public void An_old_version_that_is_obsolete_as_an_error_is_one_error_of_ours(string source) => Refused("ESEF2002", source, "is obsolete");

    [Theory]
    [InlineData("[Event] public class A { private A() { } public int X { get; set; } }", "no public constructor")]
    [InlineData("[Event] public class A { public A(int x) => X = x; public A(int x, int y) => X = x + y; public int X { get; } }", "several public constructors")]
    [InlineData("[Event] public class A { [JsonConstructor] public A() { } [JsonConstructor] public A(int x) => X = x; public int X { get; } }", "mark only one")]
    [InlineData("public class B { internal B() { } } [Event] public record A(B X);", "'X → B' can't be read from JSON")]
    public void ESEF2003_is_a_type_without_a_constructor_that_can_read_it(string source, string text) => Refused("ESEF2003", source, text);

    [Theory]
    [InlineData("[Event] public class A(int number) { public int X { get; } = number; }", "Parameter 'number' of the constructor of 'A'")]
    [InlineData("[Event] public class A(int x) { public long X { get; } = x; }", "property 'X' of type 'int'")]
    public void ESEF2004_is_a_parameter_that_no_member_gives(string source, string text) => Refused("ESEF2004", source, text);

    [Theory]
    [InlineData("[Event] public record A(IDisposable X);", "has no JSON form", "ESEF2002")]
    [InlineData("public interface IB; [Event] public record A(IB X);", "'IB' is an interface", "ESEF2005")]
    [InlineData("public abstract record B; [Event] public record A(List<B> X);", "'B' is abstract", "ESEF2005")]
    public void ESEF2005_is_a_member_of_which_no_object_can_be_made(string source, string text, string id) => Refused(id, source, text);

    [Theory]
    [InlineData("[Event] public class A { public int URL { get; set; } public int Url { get; set; } }", "are both called 'url'")]
    [InlineData("[Event] public class A { public int X { get; set; } [JsonPropertyName(\"x\")] public int Y { get; set; } }", "are both called 'x'")]
    public void ESEF2007_is_a_json_name_that_two_members_share(string source, string text) => Refused("ESEF2007", source, text);

    [Theory]
    [InlineData("[Event] public record E(int X); public class Outer { private class S : ISubscriber<E> { public ValueTask HandleAsync(E e, EventContext c, CancellationToken t) => default; } }", "can't reach it")]
    [InlineData("[Event] public record E(int X); public class S<T> : ISubscriber<E> { public ValueTask HandleAsync(E e, EventContext c, CancellationToken t) => default; }", "it is generic")]
    public void ESEF4004_is_a_subscriber_that_generated_code_cannot_reach(string source, string text) => Refused("ESEF4004", source, text);

    private const string Versions = "[Event(\"a\")] public record V1(int X); [Event(\"a\", Version = 2)] public record V2(int X); ";
    private const string Json = "{ public System.Text.Json.Nodes.JsonObject? Upcast(System.Text.Json.Nodes.JsonObject e) => e; }";

    [Theory]
    [InlineData("public class U(int x) : IUpcaster<V1, V2> { public V2 Upcast(V1 e) => new(x); }", "no accessible parameterless constructor")]
    [InlineData("public class U<T> : IUpcaster<V1, V2> { public V2 Upcast(V1 e) => new(1); }", "it is generic")]
    [InlineData("public class Outer { private class U : IUpcaster<V1, V2> { public V2 Upcast(V1 e) => new(1); } }", "can't reach it")]
    [InlineData("public record R; public class U : IUpcaster<R, V2> { public V2 Upcast(R e) => new(1); }", "'R' is not marked [Event]")]
    [InlineData("public record R; public class U : IUpcaster<V1, R> { public R Upcast(V1 e) => new(); }", "'R' is not marked [Event]")]
    [InlineData("public class U : IUpcaster<V1, V2> { public V2 Upcast(V1 e) => new(1); } public class W : ISplittingUpcaster<V1> { public IEnumerable<object> Upcast(V1 e) => []; }", "'W' can't be an upcaster: 'U' also reads 'V1'")]
    [InlineData("public class U : IUpcaster<V1, V1> { public V1 Upcast(V1 e) => e; }", "the chain from 'V1' leads back to it")]
    [InlineData("public class U : IJsonUpcaster " + Json, "needs [JsonUpcaster")]
    [InlineData("[JsonUpcaster(\"b\", 2, ToVersion = 2)] public class U : IJsonUpcaster " + Json, "to a later one")]
    [InlineData("[JsonUpcaster(\"a\", 1)] public class U : IJsonUpcaster " + Json, "'V1' reads 'a' version 1: implement IUpcaster<V1, …>")]
    [InlineData("[JsonUpcaster(\"b\", 1)] public class U : IJsonUpcaster " + Json, "no type and no other upcaster reads 'b' version 2")]
    [InlineData("[JsonUpcaster(\"b\", 1, ToName = \"a\")] public class U : IJsonUpcaster " + Json + " [JsonUpcaster(\"b\", 1, ToName = \"a\")] public class W : IJsonUpcaster " + Json, "'U' also reads 'b' version 1")]
    public void ESEF1008_is_an_upcaster_that_cannot_be_used(string source, string text) => Refused("ESEF1008", Versions + source, text);

    [Fact]
    public void Upcasters_of_all_kinds_are_emitted_once()
    {
        var run = Harness.Run(
            Using + Versions + "public class U : IUpcaster<V1, V2> { public V2 Upcast(V1 e) => new(e.X); } "
                + "[JsonUpcaster(\"b\", 1)] public class W : IJsonUpcaster " + Json + " [JsonUpcaster(\"b\", 2, ToName = \"a\", ToVersion = 1)] public class W2 : IJsonUpcaster " + Json).IsClean();

        Assert.Contains("\"b\", 1, \"a\", 1, static e => (J1.Upcast(e)) is { } e2 ? J2.Upcast(e2) : null", run.Text("Upcasters"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_an_unknown_type_is_left_to_the_compiler()
    {
        var run = Harness.Run(Using + "[Event] public record A(Missing X);");

        Assert.Empty(run.Diagnostics);
        Assert.Equal(["CS0246"], run.Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.DefaultSeverity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).Select(d => d.Id));
    }

    [Fact]
    public void A_diagnostic_points_at_the_member_and_at_its_page_once_the_project_has_a_site()
    {
        var diagnostic = Assert.Single(Harness.Run(Using + "[Event] public record A(int Y, Action X);").Diagnostics);

        Assert.Equal(6, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
        Assert.Equal(HelpLinks.Of("ESEF2002") ?? "", diagnostic.Descriptor.HelpLinkUri);
        Assert.Equal("https://example.org/shop/blob/main/docs/diagnostics/ESEF2002.md", HelpLinks.Of("ESEF2002", "https://example.org/shop"));
        Assert.Null(HelpLinks.Of("ESEF2002", ""));
    }

    private static void Refused(string id, string source, string text)
    {
        var run = Harness.Run(Using + source);

        var diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal(id, diagnostic.Id);
        Assert.Contains(text, diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.DoesNotContain(run.Output.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
    }
}
