using CsCheck;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Tests.Driver;

/// <summary>Random declarations of events: the generator never throws, and what it writes compiles, or it says why not.</summary>
public sealed class FuzzTests
{
    private const int Declarations = 300;

    private const string Prelude = """
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Text.Json;
        using System.Text.Json.Nodes;
        using System.Text.Json.Serialization;
        using EventStore.EF;

        public enum Color { Red, Green }
        public sealed record Line(string Sku, int Quantity);
        public record struct Point(int X, int Y);
        public class Box<T> { public T? Item { get; set; } public Box<T>? Inner { get; init; } }
        public abstract class Abstract { public int A { get; set; } }
        public interface IThing { int A { get; } }
        [JsonDerivedType(typeof(Cat), "cat")] public abstract record Pet; public sealed record Cat(int Lives) : Pet;
        public class Own : List<int>;
        public sealed class Hidden { private Hidden() { } internal class Inner { public int X { get; set; } } }
        public class Parent { public virtual int P { get; set; } public required string Q { get; init; } protected int R { get; set; } }

        """;

    private static readonly Gen<string> Simple = Gen.OneOf(
        "int", "long", "byte", "bool", "char", "string", "decimal", "double", "Guid", "DateTime", "DateOnly", "TimeSpan", "Uri", "Half", "Int128", "Version",
        "Color", "Line", "Point", "Box<int>", "Box<Line>", "Pet", "Cat", "Own", "Own[]", "byte[]", "JsonElement", "JsonNode", "JsonDocument", "object", "dynamic",
        "Abstract", "IThing", "Hidden", "Hidden.Inner", "Action", "Type", "IntPtr", "(int, string)", "Tuple<int, string>", "int[,]", "Memory<byte>", "Exception",
        "A", "A[]", "KeyValuePair<int, string>", "System.Collections.IList", "Func<A>", "Memory<Point>", "Lazy<int>", "Range");

    private static readonly Gen<string> MemberType = Gen.Select(Simple, Gen.Int[0, 13], (type, form) => form switch
    {
        0 => $"List<{type}>",
        1 => $"{type}[]",
        2 => $"Dictionary<string, {type}>",
        3 => $"Dictionary<{type}, int>",
        4 => $"IReadOnlyList<{type}>",
        5 => $"ImmutableArray<{type}>",
        6 => $"Box<{type}>",
        7 => $"{type}?",
        8 => $"HashSet<{type}>?",
        _ => type,
    });

    private static readonly Gen<string> Attributes = Gen.OneOf(
        "", "", "", "", "", "", "[JsonIgnore] ", "[JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ", "[JsonPropertyName(\"n \\\"ö\")] ",
        "[JsonPropertyName(\"\\ud800\")] ", "[JsonRequired] ", "[JsonInclude] ", "[JsonPropertyOrder(-1)] ", "[JsonNumberHandling(JsonNumberHandling.WriteAsString)] ",
        "[JsonExtensionData] ", "[JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] ", "[JsonConverter(typeof(JsonStringEnumConverter))] ",
        "[Obsolete] ", "[Obsolete(\"x\", true)] ", "[JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] ");

    private static readonly string[] Names = ["X", "Y", "Value", "@class", "@event", "Größe", "_under", "URL", "value", "reader", "result", "Item2", "名"];

    private static readonly Gen<string> Member = Gen.Select(Attributes, MemberType, Gen.Int[0, 12], (attributes, type, form) => attributes + form switch
    {
        0 => $"public {type} § {{ get; }} = default!;",
        1 => $"public {type} § {{ get; private set; }} = default!;",
        2 => $"public required {type} § {{ get; init; }}",
        3 => $"public {type} § = default!;",
        4 => $"private {type} § {{ get; set; }} = default!;",
        5 => $"internal {type} § {{ get; init; }} = default!;",
        6 => $"public {type} § => default!;",
        7 => $"public static {type} § {{ get; set; }} = default!;",
        8 => $"public {type} § {{ set {{ }} }}",
        9 => $"public {type} § {{ get; set; }} = default!;",
        _ => $"public {type} § {{ get; init; }} = default!;",
    });

    private static readonly Gen<string> Parameter = Gen.Select(Attributes, MemberType, Gen.Int[0, 3], (attributes, type, form) =>
        $"{(attributes.Length == 0 ? "" : attributes.Replace("[", "[property: ", StringComparison.Ordinal))}{type} §{(form == 0 ? " = default!" : "")}");

    private static readonly Gen<string> Declaration = Gen.Select(
        Gen.OneOf("sealed record", "record", "sealed class", "class", "record struct", "readonly record struct", "struct", "sealed partial record", "abstract class"),
        Parameter.Array[0, 4],
        Member.Array[0, 5],
        Gen.OneOf("", "", "", " : Parent", " : IThing", " : Box<int>"),
        Gen.OneOf("[Event]", "[Event]", "[Event(\"a\", Version = 3)]", "[Event, JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]", "[Event, JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]", "[Event, JsonDerivedType(typeof(A), 1)]"),
        (kind, parameters, members, parent, attribute) => Named($"{attribute} public {kind} A{(parameters.Length == 0 ? "" : $"({string.Join(", ", parameters)})")}{parent}\n{{\n    {string.Join("\n    ", members)}\n}}"));

    /// <summary>Not every random declaration is C#; only those that are count.</summary>
    [Fact]
    public void Random_events_compile_or_are_refused()
    {
        var valid = 0;
        var emitted = 0;
        Declaration.Sample(
            declaration =>
            {
                var compilation = Harness.Compile([Prelude + declaration], "Shop");
                if (compilation.GetDiagnostics(TestContext.Current.CancellationToken).Any(d => d.Severity == DiagnosticSeverity.Error))
                    return;
                var run = new GeneratorRun(Harness.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken), compilation);
                Assert.Null(run.Exception);
                Interlocked.Increment(ref valid);
                if (run.Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
                    return;
                Interlocked.Increment(ref emitted);
                Assert.Empty(run.Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
                Assert.Contains(run.Files, file => file.StartsWith("Event.A", StringComparison.Ordinal));
            },
            iter: Declarations);

        Assert.InRange(emitted, 5, valid);
    }

    /// <summary>Every member has a name of its own.</summary>
    private static string Named(string declaration)
    {
        var parts = declaration.Split('§');
        return string.Concat(parts.Select((part, i) => i == 0 ? part : Names[(i + declaration.Length) % Names.Length] + part));
    }
}
