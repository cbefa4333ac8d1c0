using System.Globalization;
using EventStore.EF.Generators.Tests.Driver;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Tests.States;

public sealed class StateDiagnosticsTests
{
    private const string Using = """
        using System.Text.Json.Serialization;
        using EventStore.EF;

        [Event] public sealed record Opened(int X);

        """;

    [Theory]
    [InlineData("[State] public abstract record S { public S Apply(Opened e) => this; }", "it is abstract")]
    [InlineData("[State] public record S<T> { public S<T> Apply(Opened e) => this; }", "it is generic")]
    [InlineData("class Outer { [State] private record S { public S Apply(Opened e) => this; } }", "can't reach it")]
    [InlineData("[State(\"a b\")] public record S { public S Apply(Opened e) => this; }", "contains ' '")]
    [InlineData("[State(SnapshotEvery = -1)] public record S { public S Apply(Opened e) => this; }", "SnapshotEvery is -1")]
    [InlineData("[State] public record S;", "neither 'static Create(TEvent)' nor 'Apply(TEvent)'")]
    [InlineData("[State] public record S { public object Apply(Opened e) => this; }", "must return 'S' or void")]
    [InlineData("[State] public record S { public S Create(Opened e) => this; }", "must be static")]
    [InlineData("[State] public record S { public static S Apply(Opened e) => new(); }", "must not be static")]
    [InlineData("[State] public record struct S { public void Apply(Opened e) { } }", "changes to a copy of a struct are lost")]
    [InlineData("[State] public record S(int Y) { public S Apply(Opened e) => this; }", "nothing creates it")]
    [InlineData("[State] public record S { public S Apply(Opened e) => this; public S Apply(Opened e, RecordedEvent r) => this; }", "'S.Apply(Opened)' and 'S.Apply(Opened, RecordedEvent)' take the same event: remove one of them")]
    [InlineData("[State] public record S { public static S Create(Opened e) => new(); private static S Create(Opened e, RecordedEvent r) => new(); }", "take the same event: remove one of them")]
    [InlineData("public class B { public void Apply(Opened e, RecordedEvent r) { } } [State] public class S : B { public void Apply(Opened e) { } }", "take the same event: remove one of them")]
    [InlineData("[State] public record S { public S Apply(Opened e, ref RecordedEvent r) => this; }", "by reference")]
    [InlineData("[State] public record S { public S Apply(Opened e, System.DateTime now) => this; }", "alone or with a 'RecordedEvent'")]
    [InlineData("public class RecordedEvent; [State] public record S { public S Apply(Opened e, RecordedEvent mine) => this; }", "alone or with a 'RecordedEvent'")]
    public void ESEF6001_is_a_state_that_cannot_be_folded(string source, string text) => Refused("ESEF6001", source, text);

    [Fact]
    public void A_name_of_200_characters_is_taken_and_one_more_is_ESEF6001()
    {
        Harness.Run(Using + State(200)).IsClean();
        Refused("ESEF6001", State(201), "its name has 201 characters");

        static string State(int length)
            => $"[State(\"{new string('a', length)}\")] public record S {{ public S Apply(Opened e) => this; }}";
    }

    [Theory]
    [InlineData("public int X { get; private set; }")]
    [InlineData("public int X { get; private init; }")]
    [InlineData("public int X { get; }")]
    [InlineData("internal int X { get; set; }")]
    [InlineData("public int X;")]
    [InlineData("private int _x; public int X => _x;")]
    public void ESEF6003_is_a_member_that_a_snapshot_would_lose(string member)
        => Refused("ESEF6003", "[State(SnapshotEvery = 1)] public class S { " + member + " public void Apply(Opened e) { } }", "would be lost in a snapshot");

    [Theory]
    [InlineData("[State] public class S { public int X { get; private set; } public void Apply(Opened e) { } }")]
    [InlineData("[State(SnapshotEvery = 1)] public class S { [JsonIgnore] public int X { get; private set; } [JsonInclude] public int Y; public int Z => 1; public int W { get; set; } public void Apply(Opened e) { } }")]
    [InlineData("[State(SnapshotEvery = 1)] public record S(int X, [property: JsonPropertyName(\"other\")] int? Y) { [JsonInclude] private int Z { get; init; } public static S Create(Opened e) => new(1, 2); }")]
    [InlineData("public abstract record B { [JsonInclude] private int Z { get; init; } } [State(SnapshotEvery = 1)] public record S : B { public S Apply(Opened e) => this; }")]
    public void What_comes_back_or_is_no_part_of_it_is_not_reported(string source) => Harness.Run(Using + source).IsClean();

    [Theory]
    [InlineData("[State] public record S { public static S Create(Opened e, RecordedEvent r) => new(); public S Apply(Opened e, RecordedEvent? r) => this; }")]
    [InlineData("[State] public class S { private void Apply(Opened e, in RecordedEvent r) { } private void Apply(object e) { } }")]
    [InlineData("public abstract class B { public abstract void Apply(Opened e, RecordedEvent r); } [State] public class S : B { public override void Apply(Opened e, RecordedEvent r) { } }")]
    public void A_method_that_takes_the_recorded_event_too_is_not_reported(string source) => Harness.Run(Using + source).IsClean();

    [Fact]
    public async Task ESEF6002_is_a_method_of_no_event()
    {
        var found = Assert.Single(await Harness.AnalyzeAsync(Using + "public sealed record Other; [State] public record S { public S Apply(Other e) => this; public S Apply(Opened e, RecordedEvent r) => this; public S Apply(object e) => this; }"));

        Assert.Equal(("ESEF6002", "'S.Apply(Other)' takes 'Other', which is not marked [Event] and is not a base of any event: the method is never called"), (found.Id, found.GetMessage(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task ESEF4002_is_a_method_of_a_version_of_the_past()
    {
        var found = Assert.Single(await Harness.AnalyzeAsync(Using + "[Event(\"opened\", Version = 2)] public record Opened2(int X); class U : IUpcaster<Opened, Opened2> { public Opened2 Upcast(Opened e) => new(1); } [State] public record S { public S Apply(Opened e) => this; }"));

        Assert.Equal("ESEF4002", found.Id);
    }

    /// <summary>As the generator of System.Text.Json would write it.</summary>
    private const string Context = "[JsonSerializable(typeof(S))] public sealed class Mine() : JsonSerializerContext(null) { public static Mine Default { get; } = new(); protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null; public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(System.Type type) => null; } ";

    [Fact]
    public void Snapshots_of_a_state_in_the_users_context_are_stored_by_it_and_may_be_of_anything()
    {
        var run = Harness.Run(Using + Context + "[State(SnapshotEvery = 5)] public class S { public int[,]? Grid { get; set; } public int X { get; private set; } public void Apply(Opened e) { } }");

        Assert.Contains("global::Mine.Default.GetTypeInfo(typeof(global::S))", run.IsClean().Text("State."), StringComparison.Ordinal);
        Assert.DoesNotContain("typeof(global::S)", run.Text("EventJsonContext"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ESEF2001_is_a_state_with_snapshots_or_an_event_that_the_users_context_lacks()
    {
        var found = await Harness.AnalyzeAsync(Using + Context + "[State(SnapshotEvery = 5)] public record S { public S Apply(Opened e) => this; } [State(SnapshotEvery = 5)] public record T { public T Apply(Opened e) => this; } [State] public record U { public U Apply(Opened e) => this; }");

        Assert.All(found, diagnostic => Assert.Equal("ESEF2001", diagnostic.Id));
        Assert.Equal(["'Opened' ", "'T' "], found.Select(diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture).Split("is")[0]).Order());
    }

    [Fact]
    public void The_shape_changes_with_members_and_version_and_with_nothing_else()
    {
        string[] sources =
        [
            "[State(\"s\", SnapshotEvery = 1)] public record S(int X) { public static S Create(Opened e) => new(1); }",
            "[State(\"s\", SnapshotEvery = 9)] public record T(int X) { public static T Create(Opened e) => new(2); }",
            "[State(\"s\", SnapshotEvery = 1)] public record S(long X) { public static S Create(Opened e) => new(1); }",
            "[State(\"s\", Version = 2, SnapshotEvery = 1)] public record S(int X) { public static S Create(Opened e) => new(1); }",
        ];
        var shapes = sources.Select(source => Harness.Run(Using + source).IsClean().Text("State.").Split('\n').Single(line => line.Contains("\"s/", StringComparison.Ordinal))).ToList();

        Assert.Equal(shapes[0], shapes[1]);
        Assert.Equal(3, shapes.Distinct().Count());
    }

    private static void Refused(string id, string source, string text)
    {
        var run = Harness.Run(Using + source);

        var diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal(id, diagnostic.Id);
        Assert.Contains(text, diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.DoesNotContain(run.Output.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity == DiagnosticSeverity.Error);
    }
}
