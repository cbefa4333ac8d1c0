using EventStore.EF.CodeFixes;
using Microsoft.CodeAnalysis.CodeFixes;

namespace EventStore.EF.Generators.Tests.Fixes;

public sealed class FixTests
{
    private const string Using = """
        using System.Text.Json.Serialization;
        using EventStore.EF;


        """;

    [Fact]
    public async Task ESEF3004_is_recorded()
    {
        using var run = new FixRun("ESEF3004", Using + "[Event] public sealed record A(int X, string? New);", "a/1 x int\n");

        var (source, contracts) = await run.FixAsync(new RecordContractFix());

        Assert.Equal("a/1 new string?\na/1 x int\n", contracts);
        Assert.Equal(Using + "[Event] public sealed record A(int X, string? New);", source);
    }

    [Fact]
    public async Task ESEF3004_of_all_events_is_recorded_at_once_and_what_breaks_is_not()
    {
        using var run = new FixRun("ESEF3004", Using + "[Event] public record A(int X); [Event] public record B(int Y); [Event] public record C(string Z);", "c/1 z int\n");

        Assert.Equal("a/1 x int\nb/1 y int\nc/1 z int\n", (await run.FixAllAsync(new RecordContractFix())).Contracts);
    }

    [Theory]
    [InlineData("[Event] public sealed record Received(int X);", "[Event(Aliases = [\"placed\"])] public sealed record Received(int X);")]
    [InlineData("[Event(\"received\", Aliases = [\"old\"])] public sealed record A(int X);", "[Event(\"received\", Aliases = [\"old\", \"placed\"])] public sealed record A(int X);", "old/1 x int\n")]
    [InlineData("[Event(\"received\", Aliases = new[] { \"old\" })] public sealed record A(int X);", "[Event(\"received\", Aliases = new[] { \"old\", \"placed\" })] public sealed record A(int X);", "old/1 x int\n")]
    public async Task ESEF3004_of_a_renamed_event_gets_an_alias(string source, string expected, string more = "")
    {
        using var run = new FixRun("ESEF3004", Using + source, "placed/1 x int\nother/1 y int\nplaced/2 x int\n" + more);

        Assert.Equal(WithoutSpaces(Using + expected), WithoutSpaces((await run.FixAsync(new AliasFix())).Source));
    }

    [Fact]
    public async Task An_event_that_could_not_read_what_is_gone_gets_no_alias()
    {
        using var run = new FixRun("ESEF3004", Using + "[Event] public record Received(int Y);", "placed/1 x int\n");

        Assert.Empty(await run.TitlesAsync(new AliasFix()));
    }

    [Fact]
    public async Task ESEF3001_of_a_renamed_parameter_keeps_its_name_in_JSON()
    {
        using var run = new FixRun("ESEF3001", Using + "[Event] public sealed record A(int Id, decimal Total);", "a/1 id int\na/1 amount decimal\n");

        Assert.Equal(
            Using + "[Event] public sealed record A(int Id, [property: JsonPropertyName(\"amount\")] decimal Total);",
            (await run.FixAsync(new JsonNameFix())).Source);
    }

    [Fact]
    public async Task ESEF3001_of_renamed_properties_is_mended_at_once()
    {
        const string Source = """
            [Event]
            public sealed record A
            {
                public B? First { get; init; }

                /// <summary>What it costs.</summary>
                public decimal Total { get; init; }
            }

            public sealed record B
            {
                public int Number { get; init; }
            }
            """;
        using var run = new FixRun("ESEF3001", Using + Source, "a/1 first object?\na/1 first.no~002e int\na/1 amount decimal\n");

        var (source, _) = await run.FixAllAsync(new JsonNameFix());

        Assert.Contains("    /// <summary>What it costs.</summary>\n    [JsonPropertyName(\"amount\")]\n    public decimal Total { get; init; }\n", source, StringComparison.Ordinal);
        Assert.Contains("{\n    [JsonPropertyName(\"no.\")]\n    public int Number { get; init; }\n", source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[Event] public sealed record A(int X);", "a/1 x int\na/1 y int\n")]
    [InlineData("[Event] public sealed record A(int X, int Y);", "a/1 z int\n")]
    [InlineData("[Event] public sealed record A(string X);", "a/1 z int\n")]
    public async Task ESEF3001_of_what_was_removed_or_is_ambiguous_has_no_fix(string source, string contracts)
    {
        using var run = new FixRun("ESEF3001", Using + source, contracts);

        Assert.Empty(await run.TitlesAsync(new JsonNameFix()));
    }

    [Theory]
    [InlineData("public required int X { get; init; }", "public int? X { get; init; }")]
    [InlineData("required public string? X { get; init; }", "public string? X { get; init; }")]
    public async Task ESEF3003_is_made_optional(string property, string expected)
    {
        using var run = new FixRun("ESEF3003", Using + $"[Event] public sealed record A(int Y) {{ {property} }}", "a/1 y int\n");

        Assert.Equal(Using + $"[Event] public sealed record A(int Y) {{ {expected} }}", (await run.FixAllAsync(new OptionalFix())).Source);
    }

    [Fact]
    public async Task ESEF1005_is_made_init_only()
    {
        using var run = new FixRun(
            "ESEF1005", Using + "[Event] public class A { public int X { get; set; } public string? Y { get; set; } public int Z { get; private set; } }");

        Assert.Equal(
            Using + "[Event] public class A { public int X { get; init; } public string? Y { get; init; } public int Z { get; private set; } }",
            (await run.FixAllAsync(new InitFix())).Source);
    }

    [Theory]
    [InlineData("public int X { get; private set; }", "Store it with [JsonInclude]", "[JsonInclude]\n    public int X { get; private set; }")]
    [InlineData("public System.Guid X { get; } = System.Guid.NewGuid();", "Give it init", "public System.Guid X { get; init; } = System.Guid.NewGuid();")]
    [InlineData("public int X;", "Store it with [JsonInclude]", "[JsonInclude]\n    public int X;")]
    [InlineData("public int X;", "Leave it out with [JsonIgnore]", "[JsonIgnore]\n    public int X;")]
    public async Task ESEF2011_is_stored_or_left_out(string member, string title, string expected)
    {
        using var run = new FixRun("ESEF2011", Using + $"[Event] public sealed class A\n{{\n    {member}\n}}");

        Assert.Equal(Using + $"[Event] public sealed class A\n{{\n    {expected}\n}}", (await run.FixAsync(new RestoreFix(), title)).Source);
    }

    [Fact]
    public async Task ESEF2016_is_left_out()
    {
        using var run = new FixRun("ESEF2016", Using + "[Event] public sealed record A(int X)\n{\n    public int Twice => X * 2;\n}");

        Assert.Equal(
            Using + "[Event] public sealed record A(int X)\n{\n    [JsonIgnore]\n    public int Twice => X * 2;\n}", (await run.FixAllAsync(new IgnoreFix())).Source);
    }

    private const string Newtonsoft = "\nnamespace Newtonsoft.Json\n{\n    public sealed class JsonIgnoreAttribute : System.Attribute;\n    public sealed class JsonPropertyAttribute : System.Attribute { public JsonPropertyAttribute(string name) => PropertyName = name; public string PropertyName { get; set; } public int Order { get; set; } }\n}\n";

    [Theory]
    [InlineData("[property: Newtonsoft.Json.JsonIgnore] string Secret = \"\"", "[property: JsonIgnore] string Secret = \"\"")]
    [InlineData("[property: Newtonsoft.Json.JsonProperty(\"order_id\")] string X", "[property: JsonPropertyName(\"order_id\")] string X")]
    [InlineData("[Newtonsoft.Json.JsonProperty(\"order_id\", Order = 3)] string X", "[property: JsonPropertyName(\"order_id\"), JsonPropertyOrder(3)] string X")]
    public async Task ESEF2013_is_replaced_by_what_says_the_same(string parameter, string expected)
    {
        using var run = new FixRun("ESEF2013", Using + $"[Event] public sealed record A({parameter});" + Newtonsoft);

        Assert.Equal(Using + $"[Event] public sealed record A({expected});" + Newtonsoft, (await run.FixAsync(new ForeignAttributeFix())).Source);
    }

    [Fact]
    public async Task ESEF2013_of_a_member_that_a_data_contract_leaves_out_is_left_out()
    {
        using var run = new FixRun("ESEF2013", Using + "[Event, System.Runtime.Serialization.DataContract] public sealed class A\n{\n    public int X { get; init; }\n}");

        Assert.Equal(
            Using + "[Event, System.Runtime.Serialization.DataContract] public sealed class A\n{\n    [JsonIgnore]\n    public int X { get; init; }\n}",
            (await run.FixAsync(new ForeignAttributeFix())).Source);
    }

    [Fact]
    public async Task ESEF1007_is_marked()
    {
        const string Program = "class C { object M() => new NewEvent(new Placed(1)); }\n\n";
        using var run = new FixRun("ESEF1007", Using + Program + "/// <summary>It was placed.</summary>\npublic sealed record Placed(int X);");

        Assert.Equal(
            Using + Program + "/// <summary>It was placed.</summary>\n[Event]\npublic sealed record Placed(int X);", (await run.FixAsync(new MarkEventFix())).Source);
    }

    [Fact]
    public async Task ESEF2001_is_named_in_the_context()
    {
        const string Body = "public sealed class Mine() : JsonSerializerContext(null) { public static Mine Default { get; } = new(); protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null; public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(System.Type type) => null; }\n\n[Event] public sealed record Paid(int X);\n[Event] public sealed record Sent(int X);";
        using var run = new FixRun("ESEF2001", Using + "[JsonSerializable(typeof(Paid))]\n" + Body);

        Assert.Equal(Using + "[JsonSerializable(typeof(Sent))]\n[JsonSerializable(typeof(Paid))]\n" + Body, (await run.FixAsync(new ContextFix())).Source);
    }

    [Fact]
    public async Task ESEF2006_is_declared_at_the_base()
    {
        const string Rest = "public abstract record Pet;\n\npublic sealed record Cat : Pet;\npublic sealed record HouseMouse : Pet;\n[Event] public sealed record Fed(Pet Pet);";
        using var run = new FixRun("ESEF2006", Using + "[JsonDerivedType(typeof(Cat), \"cat\")]\n" + Rest);

        Assert.Equal(
            Using + "[JsonDerivedType(typeof(HouseMouse), \"house-mouse\")]\n[JsonDerivedType(typeof(Cat), \"cat\")]\n" + Rest,
            (await run.FixAsync(new DeclareDerivedFix())).Source);
    }

    [Fact]
    public async Task ESEF2008_is_stored_by_name()
    {
        using var run = new FixRun("ESEF2008", Using + "public enum Kind { A, B }\n[Event] public sealed record Sent(Kind First)\n{\n    public Kind? Second { get; init; }\n}");

        Assert.Equal(
            Using + "public enum Kind { A, B }\n[Event] public sealed record Sent([property: JsonConverter(typeof(JsonStringEnumConverter<Kind>))] Kind First)\n{\n    [JsonConverter(typeof(JsonStringEnumConverter<Kind>))]\n    public Kind? Second { get; init; }\n}",
            (await run.FixAllAsync(new EnumNameFix())).Source);
    }

    [Fact]
    public async Task ESEF1007_of_a_type_without_source_has_no_fix()
    {
        using var run = new FixRun("ESEF1007", Using + "class C { object M() => new NewEvent(\"text\"); }");

        Assert.Empty(await run.TitlesAsync(new MarkEventFix()));
    }

    [Fact]
    public void Every_fix_of_the_assembly_is_exported_for_CSharp()
        => Assert.All(
            typeof(RecordContractFix).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(CodeFixProvider))),
            type => Assert.Equal(["C#"], type.GetCustomAttributes(false).OfType<ExportCodeFixProviderAttribute>().Single().Languages));

    private static string WithoutSpaces(string source) => source.Replace(" ", "", StringComparison.Ordinal);
}
