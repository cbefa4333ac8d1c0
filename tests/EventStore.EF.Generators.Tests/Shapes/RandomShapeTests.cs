using System.Runtime.Loader;
using CsCheck;
using EventStore.EF.Generators.Tests.Driver;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>Random types with random values: whatever the generator accepts gives back every value with all of its state.</summary>
public sealed class RandomShapeTests
{
    private const int Declarations = 100;
    private const int ValuesOfEach = 5;

    private const string Prelude = """
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Text.Json.Serialization;
        using EventStore.EF;

        public enum Color { Red, Green }
        public sealed record Line(string Sku, int Quantity, decimal? Price);
        public record struct Point(int X, int Y);
        public readonly record struct OrderId(Guid Value);
        public class Box<T> { public T? Item { get; set; } [JsonInclude] public int Count { get; private set; } }
        public abstract class Happened { public Guid EventId { get; init; } public DateTime At { get; set; } }
        public abstract class Made { protected Made(int made) => MadeBy = made; public int MadeBy { get; } }

        """;

    private static readonly Gen<string> MemberType = Gen.Select(
        Gen.OneOf("int", "string?", "decimal", "bool", "Guid", "DateTime", "TimeSpan", "Color", "Line?", "Point", "OrderId", "Box<string>?", "Box<Line>?", "double", "long?"),
        Gen.Int[0, 11],
        (type, form) => form switch
        {
            0 => $"List<{type}>?",
            1 => $"{type.TrimEnd('?')}[]?",
            2 => $"Dictionary<string, {type}>?",
            3 => $"IReadOnlyList<{type}>?",
            _ => type,
        });

    /// <summary>The first ten keep their values, the others lose them, so that about half of the types are accepted.</summary>
    private static readonly Gen<string> Member = Gen.Select(MemberType, Gen.Int[0, 45], (type, form) => form switch
    {
        <= 12 => $"public {type} § {{ get; init; }} = default!;",
        <= 20 => $"public {type} § {{ get; set; }} = default!;",
        <= 25 => $"[JsonInclude] public {type} § {{ get; private set; }} = default!;",
        <= 28 => $"[JsonInclude] public {type} § = default!;",
        <= 31 => $"[JsonInclude] private {type} § = default!; public void Set§({type} v) => § = v;",
        <= 33 => $"private {type} _§ = default!; public {type} § {{ get => _§; set => _§ = value; }}",
        <= 35 => $"[JsonIgnore] public {type} § {{ get; set; }} = default!;",
        <= 37 => $"public {type} § => default!;",
        <= 38 => $"public {type} § {{ get; }} = default!;",
        39 => $"public {type} § {{ get; private set; }} = default!;",
        40 => $"private {type} § = default!; public void Set§({type} v) => § = v;",
        41 => $"public {type} § = default!;",
        42 => $"internal {type} § {{ get; set; }} = default!;",
        43 => $"public Guid § {{ get; }} = Guid.NewGuid();",
        44 => $"private {type} _§ = default!; public {type} § => _§; public void Set§({type} v) => _§ = v;",
        _ => $"public {type} § {{ private get; set; }} = default!;",
    });

    private static readonly Gen<string> Declaration = Gen.Select(
        Gen.OneOf("sealed record", "record", "sealed class", "class"),
        MemberType.Select(type => $"{type} §").Array[0, 3],
        Member.Array[0, 4],
        Gen.OneOf("", "", "", " : Happened", " : Made"),
        (kind, parameters, members, parent) =>
        {
            var isRecord = kind.Contains("record", StringComparison.Ordinal);
            if (isRecord)
                parent = "";
            if (parent == " : Made")
                parameters = [.. parameters, "int madeBy"];
            var list = parameters.Length == 0 ? "" : $"({string.Join(", ", parameters)})";
            var bound = isRecord ? [] : parameters.Where(p => p.Contains('§', StringComparison.Ordinal))
                .Select(p => $"public {p.Replace("§", "¤", StringComparison.Ordinal)} {{ get; }} = §;");
            var call = parent == " : Made" ? " : Made(madeBy)" : parent;
            return Named($"[Event] public {kind} A{list}{call}\n{{\n    {string.Join("\n    ", bound.Concat(members))}\n}}", isRecord);
        });

    [Fact]
    public void Every_value_of_every_accepted_type_comes_back()
    {
        var accepted = 0;
        Gen.Select(Declaration, Gen.Int).Sample(
            (declaration, seed) =>
            {
                var compilation = Harness.Compile([Prelude + declaration], "Shop");
                if (compilation.GetDiagnostics(TestContext.Current.CancellationToken).Any(d => d.Severity == DiagnosticSeverity.Error))
                    return;
                var run = new GeneratorRun(Harness.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken), compilation);
                Assert.Null(run.Exception);
                if (!run.Diagnostics.IsEmpty)
                    return;
                Interlocked.Increment(ref accepted);
                using var image = new MemoryStream();
                Assert.True(run.Output.Emit(image).Success);
                image.Position = 0;
                var context = new AssemblyLoadContext(nameof(RandomShapeTests), isCollectible: true);
                var assembly = context.LoadFromStream(image);
                var catalog = EventCatalog.Of(assembly);
                var random = new RandomValues(new Random(seed));
                for (var i = 0; i < ValuesOfEach; i++)
                    Shape.ComesBack(catalog, random.Of(assembly.GetType("A")!));
                context.Unload();
            },
            iter: Declarations,
            threads: 1);

        Assert.InRange(accepted, Declarations / 5, Declarations);
    }

    /// <summary>Numbers the members. A class binds the parameter <c>m0</c> to the property <c>M0</c>.</summary>
    private static string Named(string declaration, bool isRecord)
    {
        var head = declaration[..declaration.IndexOf('{', StringComparison.Ordinal)];
        var body = declaration[head.Length..];
        var number = 0;
        head = Number(head, isRecord ? "P" : "p", ref number);
        var lines = body.Split('\n');
        var bound = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Contains('¤', StringComparison.Ordinal))
            {
                lines[i] = lines[i].Replace("¤", $"P{bound}", StringComparison.Ordinal).Replace("§", $"p{bound}", StringComparison.Ordinal);
                bound++;
            }
            else
            {
                lines[i] = lines[i].Replace("§", $"M{i}", StringComparison.Ordinal);
            }
        }

        return head + string.Join('\n', lines);
    }

    private static string Number(string text, string prefix, ref int number)
    {
        while (text.IndexOf('§', StringComparison.Ordinal) is >= 0 and var index)
            text = $"{text[..index]}{prefix}{number++}{text[(index + 1)..]}";
        return text;
    }
}
