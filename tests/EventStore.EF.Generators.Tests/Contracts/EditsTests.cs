using System.Globalization;
using System.Runtime.CompilerServices;
using EventStore.EF.Generators.Tests.Driver;

namespace EventStore.EF.Generators.Tests.Contracts;

/// <summary>What an edit of a shipped event comes to. Each row stands in docs/events.md as well.</summary>
public sealed class EditsTests
{
    private const string Shipped = """
        public enum Kind { Gift = 0, Loan = 1 }
        [JsonConverter(typeof(JsonStringEnumConverter<Level>))] public enum Level { Low, High }
        public sealed record OrderLine(string Sku, int Quantity);
        [Event("order-placed")]
        public sealed record OrderPlaced(
            Guid Id, int Amount, string? Note, Kind Kind, Level Level, List<OrderLine> Lines, Dictionary<string, int> Tags, DateTime PlacedAt)
        {
            public required string Customer { get; init; }
            public OrderLine? First { get; init; }
            public int Lucky => 7;
        }
        """;

    private const string Nothing = "nothing to do";
    private const string Record = "ESEF3004";

    /// <summary>What is said of the event besides, which its contract has no part in.</summary>
    private static readonly string[] Others = ["ESEF1006", "ESEF2008", "ESEF2009", "ESEF2016"];

    [Theory]
    [InlineData("rename the type", Nothing, "record OrderPlaced(", "record OrderReceived(")]
    [InlineData("move the type to another namespace", Nothing, "[Event(\"order-placed\")]", "} namespace Elsewhere { using Shop; [Event(\"order-placed\")]")]
    [InlineData("rename a type that the event contains", Nothing, "OrderLine", "Item")]
    [InlineData("reorder members", Nothing, "Guid Id, int Amount", "int Amount, Guid Id")]
    [InlineData("rename a member and keep its name with `[JsonPropertyName]`", Nothing, "int Amount", "[property: JsonPropertyName(\"amount\")] int Total")]
    [InlineData("use another collection: `List<T>` → `T[]`", Nothing, "List<OrderLine>", "OrderLine[]")]
    [InlineData("add an optional member", Record, "int Amount", "int Amount, string? Voucher")]
    [InlineData("add an optional member to a type that the event contains", Record, "int Quantity", "int Quantity, decimal? Price")]
    [InlineData("widen a number: `int` → `long`, `decimal` or `double`", Record, "int Amount", "long Amount")]
    [InlineData("widen a number: `int` → `long`, `decimal` or `double`", Record, "int Amount", "decimal Amount")]
    [InlineData("widen a number: `int` → `long`, `decimal` or `double`", Record, "int Amount", "double Amount")]
    [InlineData("turn a value stored as text into text: `Guid` → `string`", Record, "Guid Id", "string Id")]
    [InlineData("accept any JSON: → `JsonElement`", Record, "int Amount", "JsonElement Amount")]
    [InlineData("make a member nullable", Record, "int Amount", "int? Amount")]
    [InlineData("add an enum value", Record, "Loan = 1", "Loan = 1, Sale = 2")]
    [InlineData("add an enum value", Record, "Low, High", "Low, High, Top")]
    [InlineData("rename a value of an enum stored as number", Record, "Gift", "Present")]
    [InlineData("make a member optional", Record, "required string", "string?")]
    [InlineData("add an event", Record, "public enum Kind", "[Event] public record Other(int X); public enum Kind")]
    [InlineData("rename the stored event and keep the old name in `Aliases`", Record, "\"order-placed\"", "\"order-received\", Aliases = [\"order-placed\"]")]
    [InlineData("remove a computed member, or omit it with `[JsonIgnore]`", Record, "public int Lucky => 7;", "")]
    [InlineData("remove a computed member, or omit it with `[JsonIgnore]`", Record, "public int Lucky", "[JsonIgnore] public int Lucky")]
    [InlineData("remove a member", "ESEF3001", "int Amount, ", "")]
    [InlineData("rename a member", "ESEF3001", "int Amount", "int Total")]
    [InlineData("rename a member of a type that the event contains", "ESEF3001", "string Sku", "string Code")]
    [InlineData("omit a member with `[JsonIgnore]`", "ESEF3001", "public OrderLine? First", "[JsonIgnore] public OrderLine? First")]
    [InlineData("change `[JsonPropertyName]`", "ESEF3001", "int Amount", "[property: JsonPropertyName(\"sum\")] int Amount")]
    [InlineData("compute a member that was stored", "ESEF3001", "First { get; init; }", "First => null;")]
    [InlineData("change the type: `int` → `string`", "ESEF3002", "int Amount", "string Amount")]
    [InlineData("narrow a number: `int` → `short`", "ESEF3002", "int Amount", "short Amount")]
    [InlineData("make a nullable member non-nullable", "ESEF3002", "string? Note", "string Note")]
    [InlineData("remove an enum value", "ESEF3002", "Gift = 0, ", "")]
    [InlineData("renumber an enum stored as number", "ESEF3002", "Loan = 1", "Loan = 7")]
    [InlineData("rename a value of an enum stored by name", "ESEF3002", "Low", "Least")]
    [InlineData("store an enum by name that was stored as number", "ESEF3002", "public enum Kind", "[JsonConverter(typeof(JsonStringEnumConverter<Kind>))] public enum Kind")]
    [InlineData("`DateTime` → `DateTimeOffset`: which zone was meant?", "ESEF3002", "DateTime PlacedAt", "DateTimeOffset PlacedAt")]
    [InlineData("turn an array into a dictionary, or the reverse", "ESEF3002", "List<OrderLine>", "Dictionary<string, OrderLine>")]
    [InlineData("change the keys of a dictionary: `string` → `int`", "ESEF3002", "<string, int>", "<int, int>")]
    [InlineData("turn a value into an object", "ESEF3002", "int Amount", "OrderLine Amount")]
    [InlineData("add a required member", "ESEF3003", "public OrderLine? First", "public required int Weight { get; init; } public OrderLine? First")]
    [InlineData("make a member required", "ESEF3003", "public OrderLine? First", "public required OrderLine? First")]
    [InlineData("rename the stored event", "ESEF3005", "\"order-placed\"", "\"order-received\"")]
    [InlineData("raise `Version` without keeping the old type or an upcaster", "ESEF3005", "\"order-placed\"", "\"order-placed\", Version = 2")]
    [InlineData("remove the event, or its `[Event]`", "ESEF3005", "[Event(\"order-placed\")]", "")]
    public async Task An_edit_of_a_shipped_event_is_classified_as_documented(string edit, string verdict, string old, string replacement)
    {
        Assert.Contains(old, Shipped, StringComparison.Ordinal);
        Assert.Contains($"| {edit} | {verdict} |", Documentation(), StringComparison.Ordinal);
        var recorded = Contract.Of(InNamespace(Shipped));
        var edited = InNamespace(Shipped.Replace(old, replacement, StringComparison.Ordinal));

        var found = (await AnalyzeAsync(edited, recorded)).Select(diagnostic => diagnostic.Id).Distinct().Except(Others).ToList();

        // What is stored under a new name isn't recorded yet, which is said besides.
        Assert.Equal(verdict == Nothing ? [] : [verdict], verdict == "ESEF3005" ? found.Where(id => id != Record) : found);
        if (verdict != "ESEF3005")
            Assert.Equal(verdict == Record, Contract.Of(edited, recorded) != recorded);

        // Writing the file again says the same of what breaks, and otherwise nothing.
        var refused = await AnalyzeAsync(edited, recorded, "update");
        Assert.Equal(verdict is Nothing or Record ? [] : [verdict], refused.Select(diagnostic => diagnostic.Id).Distinct().Except(Others));

        // Once it is written, or the break accepted, all is well.
        Assert.DoesNotContain(await AnalyzeAsync(edited, recorded, "accept"), diagnostic => diagnostic.Id.StartsWith("ESEF3", StringComparison.Ordinal));
        var accepted = Contract.Of(edited, recorded, acceptBreaking: verdict is not (Nothing or Record));
        Assert.DoesNotContain(await AnalyzeAsync(edited, accepted), diagnostic => diagnostic.Id.StartsWith("ESEF3", StringComparison.Ordinal));
    }

    [Fact]
    public void A_broken_record_stays_until_the_break_is_accepted()
    {
        const string Before = "a/1 x int\nb/1 y int\ngone/1 z int\n";
        const string Source = "[Event] public record A(string X, int New); [Event] public record B(int Y, int? New);";

        Assert.Equal("a/1 x int\nb/1 new int?\nb/1 y int\ngone/1 z int\n", Contract.Of(Source, Before));
        Assert.Equal("a/1 new int\na/1 x string\nb/1 new int?\nb/1 y int\n", Contract.Of(Source, Before, acceptBreaking: true));
    }

    [Theory]
    [InlineData("a/1 x int\n<<<<<<< HEAD\na/1 y int\n=======\na/1 z int\n>>>>>>> other\n", 3)]
    [InlineData("a/1 x int\na/1 x long\na/1 y int\na/1 z int\n", 1)]
    public async Task ESEF3006_is_what_a_merge_left_behind(string contracts, int count)
    {
        var found = await AnalyzeAsync("[Event] public record A(int X, int Y, int Z);", contracts);

        Assert.Equal(Enumerable.Repeat("ESEF3006", count), found.Select(diagnostic => diagnostic.Id));
        Assert.All(found, diagnostic => Assert.Equal("EventContracts.txt", diagnostic.Location.GetLineSpan().Path));
        Assert.Equal(1, found.Min(diagnostic => diagnostic.Location.GetLineSpan().StartLinePosition.Line));
    }

    [Theory]
    [InlineData("a/1 x int\n", "[Event] public record A(Guid X);", 1, "'x' of 'A' can't be read from events 'a/1', where it is stored as 'int', not 'guid'")]
    [InlineData("a/1 x int\n", "[Event] public record A(\n  int Y);", 2, "'A' no longer has 'x'")]
    [InlineData("a/1 x int\n", "[Event] public record A(int X) {\n  public required int Y { get; init; } }", 2, "'y' of 'A' is required")]
    [InlineData("", "[Event]\npublic record A(int X);", 2, "1 line(s) of 'A', stored as 'a/1'")]
    public async Task A_difference_is_shown_where_it_was_made(string contracts, string source, int line, string text)
    {
        var found = Assert.Single(await AnalyzeAsync(source, contracts));

        Assert.Contains(text, found.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal(line, found.Location.GetLineSpan().StartLinePosition.Line - Contract.Using.Count(c => c == '\n') + 1);
    }

    [Fact]
    public async Task An_upcaster_answers_for_a_version_whose_class_is_gone()
    {
        const string Source = """
            [Event("a", Version = 2)] public record A(Guid X);
            [JsonUpcaster("a", 1)] class FromFirst : IJsonUpcaster { public System.Text.Json.Nodes.JsonObject? Upcast(System.Text.Json.Nodes.JsonObject e) => e; }
            """;

        Assert.Empty(await AnalyzeAsync(Source, "a/1 x int\na/2 x guid\n"));
        Assert.Equal("a/1 x int\na/2 x guid\n", Contract.Of(Source, "a/1 x int\n"));
        Assert.Equal("a/1 x int\na/2 x guid\n", Contract.Of(Source, "a/1 x int\na/2 y int\n", acceptBreaking: true));
    }

    [Fact]
    public async Task Without_the_file_nothing_is_locked()
        => Assert.Empty(await Harness.AnalyzeAsync(Contract.Using + "[Event] public record A(int X);"));

    private static Task<System.Collections.Immutable.ImmutableArray<Microsoft.CodeAnalysis.Diagnostic>> AnalyzeAsync(
        string source, string contracts, string? mode = null)
        => Harness.AnalyzeAsync(Contract.Using + source, contracts, mode);

    private static string InNamespace(string source) => $"namespace Shop {{ {source} }}";

    private static string Documentation([CallerFilePath] string path = "")
        => File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "docs", "events.md"));
}
