using EventStore.EF.Generators.Contracts;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Tests.Contracts;

/// <summary>What a contract file says of an event.</summary>
public sealed class LinesTests
{
    [Theory]
    [InlineData("[Event] public record A;", "a/1 $ object")]
    [InlineData("[Event(\"shop.a\", Version = 3)] public record A(int X);", "shop.a/3 x int")]
    [InlineData("[Event(Aliases = [\"b\"])] public record A(int X);", "a/1 x int", "b/1 x int")]
    [InlineData("[Event] public record A(string B, string? C, int? D);", "a/1 b string", "a/1 c string?", "a/1 d int?")]
    [InlineData("[Event] public class A { public required Guid B { get; init; } [JsonRequired] public string? C { get; set; } }", "a/1 b guid!", "a/1 c string?!")]
    [InlineData("[Event] public record A(List<B> L); public record B(Guid? Id);", "a/1 l array", "a/1 l[] object", "a/1 l[].id guid?")]
    [InlineData("[Event] public record A(string?[] T, byte[] D, ReadOnlyMemory<byte> M);", "a/1 d bytes", "a/1 m bytes", "a/1 t array", "a/1 t[] string?")]
    [InlineData("[Event] public record A(Dictionary<string, B>? M); public record B(int X);", "a/1 m map?", "a/1 m{} object", "a/1 m{}.x int")]
    [InlineData("[Event] public record A(IReadOnlyDictionary<int, bool> M);", "a/1 m map(int)", "a/1 m{} bool")]
    [InlineData("public enum E { Open, Paid = 3 } [Event] public record A(E S);", "a/1 s enum(Open=0|Paid=3)")]
    [InlineData("public enum E { Paid, Open } [Event] public class A { [JsonConverter(typeof(JsonStringEnumConverter<E>))] public E S { get; init; } }", "a/1 s enum(Open|Paid)")]
    [InlineData("public record N(N? Next, List<N> More); [Event] public record A(N First);", "a/1 first object", "a/1 first.more array", "a/1 first.more[] ref(first)", "a/1 first.next ref(first)?")]
    [InlineData("[Event] public record A(A? Parent);", "a/1 parent ref($)?")]
    [InlineData("[JsonDerivedType(typeof(C), \"c d\")] public abstract record B(int X); public record C(int X, int Y) : B(X); [Event] public record A(B P);", "a/1 p union(c~0020d)", "a/1 p(c~0020d).x int", "a/1 p(c~0020d).y int")]
    [InlineData("[JsonPolymorphic(TypeDiscriminatorPropertyName = \"kind\"), JsonDerivedType(typeof(C), 1)] public record B; public record C : B; [Event] public record A(B P);", "a/1 p union(kind:|1)")]
    [InlineData("[JsonDerivedType(typeof(C)), JsonDerivedType(typeof(D)), JsonDerivedType(typeof(E), 1)] public record B(int X); public record C(int X, int Y, string Z) : B(X); public record D(int X, int Y, int Z) : B(X); public record E(int X) : B(X); [Event] public record A(B P);", "a/1 p union(|1)", "a/1 p().x int", "a/1 p().y int", "a/1 p().z json?", "a/1 p(1).x int", "a/1 p.x int")]
    [InlineData("[JsonDerivedType(typeof(C))] public record B(int X); public record C(int X, int Y) : B(X); [Event] public record A(B P);", "a/1 p union()", "a/1 p().x int", "a/1 p().y int", "a/1 p.x int")]
    [InlineData("[Event] public class A { [JsonPropertyName(\"x;y.z\")] public int X { get; set; } [JsonIgnore] public int Y { get; set; } }", "a/1 x~003by~002ez int")]
    [InlineData("[Event] public class A { [JsonNumberHandling(JsonNumberHandling.WriteAsString)] public int X { get; set; } }", "a/1 x text(int)")]
    [InlineData("[Event] public class A { [JsonConverter(typeof(C))] public int X { get; set; } class C : JsonConverter<int> { public override int Read(ref Utf8JsonReader r, Type t, JsonSerializerOptions o) => 0; public override void Write(Utf8JsonWriter w, int v, JsonSerializerOptions o) { } } }", "a/1 x custom")]
    [InlineData("public record B(int X) { public int Z { get; } = X; } [Event] public record A(int X, int Y) : B(X);", "a/1 x int", "a/1 y int", "a/1 z int=")]
    [InlineData("[Event] public record A(DateTime A1, DateTimeOffset A2, DateOnly A3, TimeOnly A4, TimeSpan A5, Uri A6, Version A7, Half A8, JsonElement A9, char A10);", "a/1 a1 datetime", "a/1 a10 char", "a/1 a2 datetimeoffset", "a/1 a3 date", "a/1 a4 time", "a/1 a5 duration", "a/1 a6 uri", "a/1 a7 version", "a/1 a8 half", "a/1 a9 json")]
    [InlineData("[Event] public record A(KeyValuePair<string, int> P);", "a/1 p object", "a/1 p.key string", "a/1 p.value int")]
    public void An_event_has_a_line_for_each_place_in_its_JSON(string source, params string[] lines)
        => Assert.Equal(lines, Contract.Of(source).Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [Theory]
    [InlineData("a/1 x int")]
    [InlineData("shop.a:b/12 x[]{}(card).y enum(A=0|B=1)?!")]
    public void A_line_is_read_as_it_was_written(string line) => Assert.Equal(line, ContractLine.Parse(line)?.ToString());

    [Theory]
    [InlineData("<<<<<<< HEAD", "left by a merge")]
    [InlineData("=======", "left by a merge")]
    [InlineData(">>>>>>> branch", "left by a merge")]
    [InlineData("||||||| base", "left by a merge")]
    [InlineData("a/1 x", "event/version path type")]
    [InlineData("a x int", "event/version path type")]
    [InlineData("a/0 x int", "event/version path type")]
    [InlineData("a/1 x int!?", "event/version path type")]
    [InlineData("a/1 x enum(A", "event/version path type")]
    [InlineData("a/1 y int\na/1 y int", "it occurs twice")]
    [InlineData("a/1 y int\na/1 y long", "it contradicts 'a/1 y int'")]
    public void What_is_no_line_is_a_problem(string text, string problem)
    {
        var file = ContractFile.Parse(SourceText.From("a/1 x int\n" + text + "\n\na/1 z int\r\n"));

        Assert.Contains(problem, Assert.Single(file.Problems).Problem, StringComparison.Ordinal);
        Assert.Equal("a/1 z int", file.Events["a/1"][^1].ToString());
    }
}
