using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EventStore.EF.Generators.Tests.Driver;

/// <summary>What each kind of edit writes again.</summary>
public sealed class EditKindsTests
{
    private const string Source = """
        using System;
        using System.Collections.Generic;
        using System.Text.Json.Serialization;
        using System.Threading;
        using System.Threading.Tasks;
        using EventStore.EF;

        namespace Shop;

        public enum Kind { Letter, Parcel }
        public sealed record Line(string Sku, int Quantity);
        public sealed record Address(string Street);
        [Event] public sealed record OrderPlaced(Guid Id, List<Line> Lines, Kind Kind);
        [Event] public sealed record OrderShipped(Guid Id, Address? To)
        {
            public string Carrier { get; init; } = "post";
            public override string ToString() { return Carrier; }
        }
        [Event(Version = 1)] public sealed record PaidV1(decimal Amount);
        [Event("paid", Version = 2)] public sealed record Paid(decimal Amount);
        public sealed class PaidUpcaster : IUpcaster<PaidV1, Paid> { public Paid Upcast(PaidV1 e) => new(e.Amount); }
        [State(SnapshotEvery = 9)] public sealed record Order(int Lines) { public static Order Create(OrderPlaced e) => new(e.Lines.Count); }
        public sealed class Mails : ISubscriber<OrderPlaced> { public ValueTask HandleAsync(OrderPlaced e, EventContext c, CancellationToken ct) => default; }
        public sealed class Helper { public int Sum(int a, int b) => a + b; }

        """;

    private readonly CSharpCompilation _before = Harness.Compile([Source], "Shop");

    public static TheoryData<string, string, string, int> Edits => new()
    {
        { "a method's body", "a + b", "b + a", 0 },
        { "the body of an event's method", "{ return Carrier; }", "{ return \"by \" + Carrier; }", 0 },
        { "a comment", "public enum Kind", "// by post\npublic enum Kind", 0 },
        { "documentation", "[Event] public sealed record OrderPlaced", "/// <summary>An order.</summary>\n[Event] public sealed record OrderPlaced", 0 },
        { "white space", "namespace Shop;", "namespace Shop;\n\n\n", 0 },
        { "a type that has nothing to do with events", "public sealed class Helper {", "public sealed class Helper { public string? Text { get; set; }", 0 },
        { "an attribute that says nothing of JSON", "[Event] public sealed record OrderPlaced(", "[Event, Serializable] public sealed record OrderPlaced(", 0 },
        { "an initializer", "= \"post\"", "= \"courier\"", 0 },
        { "the handler's body", "=> default;", "=> ValueTask.CompletedTask;", 0 },
        { "the upcaster's body", "new(e.Amount)", "new(e.Amount * 2)", 0 },
        { "the state's fold", "new(e.Lines.Count)", "new(e.Lines.Count + 1)", 0 },
        { "a value of an enum", "{ Letter, Parcel }", "{ Letter, Parcel, Crate }", 0 },
        { "the stored name", "[Event] public sealed record OrderPlaced", "[Event(\"placed\")] public sealed record OrderPlaced", 1 },
        { "an alias", "[Event] public sealed record OrderPlaced", "[Event(Aliases = [\"placed\"])] public sealed record OrderPlaced", 1 },
        { "a name in JSON", "Guid Id, Address? To", "[property: JsonPropertyName(\"key\")] Guid Id, Address? To", 1 },
        { "a member of an event", "Address? To)", "Address? To, string? Note)", 1 },
        { "a member's type", "Guid Id, List", "string Id, List", 1 },
        { "a member of a contained type", "string Street)", "string Street, string? City)", 1 },
        { "a member of a state", "Order(int Lines)", "Order(int Lines, string? Note = null)", 2 },
        { "another event for the state", "public static Order Create", "public Order Apply(OrderShipped e) => this; public static Order Create", 1 },
        { "the recorded event for the state", "Create(OrderPlaced e)", "Create(OrderPlaced e, RecordedEvent r)", 1 },
        { "another handler", "ISubscriber<OrderPlaced> { public ValueTask HandleAsync(OrderPlaced e", "ISubscriber<Paid> { public ValueTask HandleAsync(Paid e", 1 },
        { "a renamed event", "OrderShipped(", "OrderSent(", 3 },
        { "a renamed contained type", "Address", "Place", 3 },
        { "a renamed subscriber", "Mails", "Letters", 2 },
        { "a renamed state", "record Order(int Lines) { public static Order", "record Basket(int Lines) { public static Basket", 4 },
        { "a renamed upcaster", "PaidUpcaster", "PaidReader", 1 },
        { "an added event", "public sealed class Helper", "[Event] public sealed record Added(int X); public sealed class Helper", 3 },
        { "an event added in front of others", "public enum Kind", "[Event] public sealed record Added(int X); public enum Kind", 3 },
        { "a subscriber added in front of others", "public enum Kind", "public sealed class Added : ISubscriber<Paid> { public ValueTask HandleAsync(Paid e, EventContext c, CancellationToken ct) => default; } public enum Kind", 2 },
        { "a removed event", "[Event] public sealed record OrderShipped", "public sealed record OrderShipped", 2 },
        { "a removed subscriber", "Mails : ISubscriber<OrderPlaced>", "Mails", 1 },
        { "a removed upcaster", "PaidUpcaster : IUpcaster<PaidV1, Paid>", "PaidUpcaster", 1 },
        { "a removed state", "[State(SnapshotEvery = 9)]", "", 2 },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void An_edit_writes_what_it_touches(string what, string old, string replacement, int files)
    {
        Assert.Contains(old, Source, StringComparison.Ordinal);
        var text = Source.Replace(old, replacement, StringComparison.Ordinal);
        var run = Run().After(_before.ReplaceSyntaxTree(_before.SyntaxTrees[0], Harness.Parse(text, "File0.cs")));

        Assert.True(run.IsClean().WrittenFiles == files, $"{what}: {run.WrittenFiles} files are written, and not {files}");
    }

    [Fact]
    public void Another_order_of_events_writes_nothing()
    {
        const string Moved = "[Event] public sealed record OrderPlaced(Guid Id, List<Line> Lines, Kind Kind);\n";
        var text = Source.Replace(Moved, "", StringComparison.Ordinal) + Moved;

        Assert.Equal(0, Run().After(_before.ReplaceSyntaxTree(_before.SyntaxTrees[0], Harness.Parse(text, "File0.cs"))).IsClean().WrittenFiles);
    }

    [Fact]
    public void A_type_that_moves_to_another_file_writes_nothing()
    {
        const string Moved = "public sealed record Address(string Street);";
        var edited = _before
            .ReplaceSyntaxTree(_before.SyntaxTrees[0], Harness.Parse(Source.Replace(Moved, "", StringComparison.Ordinal), "File0.cs"))
            .AddSyntaxTrees(Harness.Parse("namespace Shop;\n" + Moved, "Address.cs"));

        Assert.Equal(0, Run().After(edited).IsClean().WrittenFiles);
    }

    [Fact]
    public void A_reference_without_events_writes_nothing_and_one_with_events_the_catalog()
    {
        var without = Harness.Compile(["public class Nothing;"], "Nothing").ToMetadataReference();
        var with = Harness.Run("using EventStore.EF; [Event] public sealed record Elsewhere(int X);", "Other").ToReference();

        Assert.Equal(0, Run().After(_before.AddReferences(without)).IsClean().WrittenFiles);
        Assert.Equal(1, Run().After(_before.AddReferences(with)).IsClean().WrittenFiles);
    }

    [Fact]
    public void The_contract_file_and_other_files_write_nothing()
    {
        var (first, second) = (new ContractText("order-placed/1 id guid\n"), new ContractText("order-placed/1 id string\n"));
        var run = Run().After(_before, driver => driver.AddAdditionalTexts([first]));
        run.AllAreCached();
        run.After(_before, driver => driver.ReplaceAdditionalText(first, second)).AllAreCached();
    }

    [Fact]
    public void Other_options_of_the_project_write_nothing()
    {
        Run().After(_before.WithOptions(Harness.Options.WithOptimizationLevel(OptimizationLevel.Release).WithWarningLevel(1))).AllAreCached();
        Run().After(_before, driver => driver.WithUpdatedAnalyzerConfigOptions(new BuildProperties(mode: null))).AllAreCached();
    }

    [Fact]
    public void Another_preprocessor_symbol_writes_nothing()
    {
        var options = Harness.ParseOptions.WithPreprocessorSymbols("TRACE");
        var edited = _before.RemoveAllSyntaxTrees().AddSyntaxTrees(CSharpSyntaxTree.ParseText(Source, options, "File0.cs", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(0, Run().After(edited, driver => driver.WithUpdatedParseOptions(options)).WrittenFiles);
    }

    [Fact]
    public void Another_name_of_the_assembly_writes_all_for_they_stand_in_its_namespace()
    {
        var run = Run();

        Assert.Equal(run.Files.Count, run.After(_before.WithAssemblyName("Store")).IsClean().WrittenFiles);
    }

    private GeneratorRun Run() => new(Harness.Driver().RunGenerators(_before, TestContext.Current.CancellationToken), _before);
}
