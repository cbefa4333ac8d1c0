using System.Runtime.Loader;

namespace EventStore.EF.Generators.Tests.Driver;

/// <summary>Events that a <c>JsonSerializerContext</c> of the user's stores.</summary>
public sealed class UserContextTests
{
    private const string Using = """
        using System;
        using System.Text.Json;
        using System.Text.Json.Serialization;
        using System.Text.Json.Serialization.Metadata;
        using EventStore.EF;

        """;

    /// <summary>As the generator of System.Text.Json would write it.</summary>
    private const string Context = """
        [JsonSerializable(typeof(Odd))]
        public sealed class Mine() : JsonSerializerContext(null)
        {
            public static Mine Default { get; } = new();
            protected override JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override JsonTypeInfo? GetTypeInfo(Type type)
                => JsonTypeInfo.CreateJsonTypeInfo(type, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper, TypeInfoResolver = new DefaultJsonTypeInfoResolver() });
        }

        """;

    [Fact]
    public void An_event_in_the_users_context_is_stored_by_it_and_may_be_of_anything()
    {
        var run = Harness.Run(Using + Context + "[Event] public sealed record Odd(int[,]? Grid, int SomeNumber); [Event] public sealed record Plain(int SomeNumber);", "Shop");

        Assert.Contains("global::Mine.Default.GetTypeInfo(typeof(global::Odd))", run.IsClean().Text("Event.Odd"), StringComparison.Ordinal);
        Assert.Contains("EventJsonContext.Default.GetTypeInfo(typeof(global::Plain))", run.Text("Event.Plain"), StringComparison.Ordinal);
        Assert.DoesNotContain("Odd", run.Text("EventJsonContext"), StringComparison.Ordinal);
        Assert.Equal(["odd", "plain"], Load(run).Events.Select(e => e.Name).Order());
    }

    [Fact]
    public void An_event_that_contains_one_of_the_users_context_has_a_serializer_of_its_own()
        => Harness.Run(Using + Context + "[Event] public sealed record Odd(int X); [Event] public sealed record Contains(Odd Inner);").IsClean();

    [Fact]
    public void What_is_wrong_with_the_event_itself_is_reported_all_the_same()
        => Assert.Equal("ESEF1001", Assert.Single(Harness.Run(Using + Context + "[Event(\"\")] public sealed record Odd(Action X);").Diagnostics).Id);

    [Fact]
    public void A_class_that_is_no_context_changes_nothing()
        => Assert.Contains(
            "EventJsonContext",
            Harness.Run(Using + "[JsonSerializable(typeof(Odd))] public sealed class NoContext; [Event] public sealed record Odd(int X);").IsClean().Text("Event.Odd"),
            StringComparison.Ordinal);

    [Fact]
    public void A_context_that_takes_over_an_event_writes_its_file_the_context_and_the_catalog()
    {
        var without = Harness.Compile([Using + "[Event] public sealed record Odd(int X); [Event] public sealed record Plain(int X);"], "Shop");
        var run = new GeneratorRun(Harness.Driver().RunGenerators(without, TestContext.Current.CancellationToken), without);

        Assert.Equal(3, run.After(without.AddSyntaxTrees(Harness.Parse(Using + Context, "Context.cs"))).IsClean().WrittenFiles);
    }

    private static EventCatalog Load(GeneratorRun run)
        => EventCatalog.Of(new AssemblyLoadContext(nameof(UserContextTests), isCollectible: true).LoadFromStream(new MemoryStream(run.Emit())));
}
