using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Tests.Driver;

public sealed class CompilationTests
{
    [Theory]
    [InlineData("[Event] public record struct Empty;")]
    [InlineData("[Event] internal sealed record Internal(int Value);")]
    [InlineData("public class Outer { internal class Middle { [Event] protected internal sealed record Inner(string Text); } }")]
    [InlineData("namespace EventStore.EF.Generated { [Event] public sealed record EventCatalog(int EventJsonContext); }")]
    [InlineData("namespace System2.Text.Json { [Event] public sealed record Same(int Value); } namespace Json { [Event(\"b\")] public sealed record Same(int Value); }")]
    [InlineData("[Event] public sealed record Ünïcode(int Größe);")]
    [InlineData("[Event] public sealed record @record(int @int, string @namespace);")]
    [InlineData("[Event] public sealed record Obsoletes { [System.Obsolete] public int Old { get; init; } }")]
    [InlineData("[Event, System.Obsolete] public sealed record Obsoleted(int Value);")]
    [InlineData("[Event] public sealed record Nullables(System.Collections.Generic.Dictionary<string, string?>? Map, string?[]? Texts) { public string? Text { get; init; } }")]
    [InlineData("[Event] public partial record Parts(int A); public partial record Parts { public int B { get; init; } }")]
    [InlineData("[Event] public sealed record Writer(int writer, int value, int options, int v0, int N0, int item, int Write, int Create);")]
    [InlineData("[Event] public sealed record Static { public static Static Instance { get; } = new(); public const int Number = 1; public int Value { get; init; } }")]
    public void Odd_declarations_compile_without_a_warning(string source)
        => Harness.Run("using EventStore.EF;\n" + source).IsClean();

    [Fact]
    public void Generated_types_are_marked_as_generated_and_stand_in_a_namespace_of_the_assembly()
    {
        var run = Harness.Run("using EventStore.EF;\n[Event] public sealed record Placed(int Value);", "My.Shop").IsClean();

        var generated = Types(run.Output.Assembly.GlobalNamespace).Where(type => type.Name != "Placed").ToList();
        Assert.NotEmpty(generated);
        Assert.All(generated, type =>
        {
            Assert.StartsWith("EventStore.EF.Generated.My_Shop_", type.ContainingNamespace.ToDisplayString(), StringComparison.Ordinal);
            Assert.Superset(
                new HashSet<string> { "GeneratedCodeAttribute", "ExcludeFromCodeCoverageAttribute", "EditorBrowsableAttribute" },
                type.GetAttributes().Select(attribute => attribute.AttributeClass!.Name).ToHashSet());
        });
        Assert.Equal(["EventCatalog"], generated.Where(type => type.DeclaredAccessibility == Accessibility.Public).Select(type => type.Name));
    }

    [Fact]
    public void Assemblies_with_similar_names_have_different_namespaces()
        => Assert.NotEqual(
            Harness.Run("using EventStore.EF;\n[Event] public sealed record Placed(int Value);", "A.B").Text("EventCatalog"),
            Harness.Run("using EventStore.EF;\n[Event] public sealed record Placed(int Value);", "A_B").Text("EventCatalog"));

    [Fact]
    public void An_assembly_without_events_gets_nothing() => Assert.Empty(Harness.Run("public class Nothing;").IsClean().Files);

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceSymbol ns)
        => ns.GetTypeMembers().Concat(ns.GetNamespaceMembers().SelectMany(Types));
}
