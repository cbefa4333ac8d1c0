using System.Globalization;
using EventStore.EF.Generators.Tests.Driver;

namespace EventStore.EF.Generators.Tests.Diagnostics;

/// <summary>Warnings and information: what the analyzers say of code that compiles.</summary>
public sealed class AnalyzerTests
{
    private const string Using = """
        using System.Collections.Generic;
        using System.Text.Json.Serialization;
        using System.Threading;
        using System.Threading.Tasks;
        using EventStore.EF;

        [Event] public sealed record Placed(int X);
        public enum Color { Red, Green }

        """;

    [Theory]
    [InlineData("public sealed record Other(int X); class C { Task M(IEventStore s) => s.AppendAsync(\"s\", ExpectedVersion.Any, new Other(1)); }", "'Other' is appended")]
    [InlineData("public record Other(int X); class C { Task M(IEventStore s) => s.AppendAsync<Other>(\"s\", 1, new(1)); }", "'Other' is appended")]
    [InlineData("class C { Task M(IEventStore s) => s.AppendAsync(\"s\", 1, new[] { new Placed(1) }); }", "'Placed[]' is appended")]
    [InlineData("class C { Task M(IEventStore s) => s.AppendAsync(\"s\", 1, \"text\"); }", "'string' is appended")]
    [InlineData("public record struct Other(int X); class C { object M() => new NewEvent(new Other(1)); }", "'Other' is appended")]
    [InlineData("class C { NewEvent M() => new(5); }", "'int' is appended")]
    [InlineData("class C { NewEvent M(List<Placed> l) => new(l) { EventId = default }; }", "'List<Placed>' is appended")]
    public Task ESEF1007_is_an_object_appended_that_is_no_event(string source, string text) => Reported("ESEF1007", source, text);

    [Theory]
    [InlineData("class C { Task M(IEventStore s) => s.AppendAsync(\"s\", 1, new Placed(1)); }")]
    [InlineData("class C { Task M(IEventStore s, object o) => s.AppendAsync(\"s\", 1, o); }")]
    [InlineData("class C { Task M<T>(IEventStore s, T o) where T : notnull => s.AppendAsync(\"s\", 1, o); }")]
    [InlineData("public abstract record B; class C { Task M(IEventStore s, B o) => s.AppendAsync(\"s\", 1, o); }")]
    [InlineData("public interface IB; class C { object M(IB o) => new NewEvent(o); }")]
    [InlineData("class C { object M() => new NewEvent(new Placed(1)); object N() => new NewEvent(null!); }")]
    [InlineData("class C { Task AppendAsync<T>(T o) => Task.CompletedTask; Task M() => AppendAsync(5); }")]
    public Task What_may_be_an_event_is_not_reported(string source) => NothingReported(source);

    [Theory]
    [InlineData("[Event] public record A(Color X);", "'A.X' stores the enum 'Color' as a number")]
    [InlineData("[Event] public record A(Color? X);", "'A.X' stores the enum 'Color' as a number")]
    [InlineData("public record B(Color X); [Event] public record A(B One); [Event] public record A2(B Two);", "'B.X' stores the enum 'Color' as a number")]
    public Task ESEF2008_is_an_enum_stored_as_its_number(string source, string text) => Reported("ESEF2008", source, text);

    [Theory]
    [InlineData("[Event] public record A([property: JsonConverter(typeof(JsonStringEnumConverter<Color>))] Color X);")]
    [InlineData("[JsonConverter(typeof(JsonStringEnumConverter<Named>))] public enum Named { One } [Event] public record A(Named X, Named? Y);")]
    [InlineData("[Event] public record A([property: JsonIgnore] Color X = Color.Red);")]
    public Task An_enum_stored_by_name_or_not_at_all_is_not_reported(string source) => NothingReported(source);

    [Theory]
    [InlineData("public sealed record Other(int X); class S : ISubscriber<Other> { public ValueTask HandleAsync(Other e, EventContext c, CancellationToken t) => default; }", "'S' handles 'Other'")]
    [InlineData("public record Other(int X); class S : ISubscriber<Other> { public ValueTask HandleAsync(Other e, EventContext c, CancellationToken t) => default; }", "'S' handles 'Other'")]
    [InlineData("class S : ISubscriber<string> { public ValueTask HandleAsync(string e, EventContext c, CancellationToken t) => default; }", "'S' handles 'string'")]
    public Task ESEF4001_is_a_handler_of_no_event(string source, string text) => Reported("ESEF4001", source, text);

    [Theory]
    [InlineData("class S : ISubscriber<Placed> { public ValueTask HandleAsync(Placed e, EventContext c, CancellationToken t) => default; }")]
    [InlineData("class S : ISubscriber<object> { public ValueTask HandleAsync(object e, EventContext c, CancellationToken t) => default; }")]
    [InlineData("public interface IB; class S : ISubscriber<IB> { public ValueTask HandleAsync(IB e, EventContext c, CancellationToken t) => default; }")]
    [InlineData("public record B; [Event] public record D : B; class S : ISubscriber<B> { public ValueTask HandleAsync(B e, EventContext c, CancellationToken t) => default; }")]
    [InlineData("abstract class S<T> : ISubscriber<T> where T : notnull { public ValueTask HandleAsync(T e, EventContext c, CancellationToken t) => default; } class D : S<Placed>;")]
    public Task A_handler_of_what_may_be_an_event_is_not_reported(string source) => NothingReported(source);

    private const string Base = "class B : ISubscriber<Placed> { public virtual ValueTask HandleAsync(Placed e, EventContext c, CancellationToken t) => default; } ";

    [Fact]
    public Task ESEF4003_is_a_subscriber_only_by_its_base_class()
        => Reported("ESEF4003", Base + "class D : B;", "'D' is a subscriber only because its base class 'B' is one");

    [Theory]
    [InlineData(Base + "class D : B, ISubscriber<Placed>;")]
    [InlineData("abstract " + Base + "class D : B;")]
    public Task A_subscriber_that_says_so_or_completes_an_abstract_one_is_not_reported(string source) => NothingReported(source);

    private const string Sold1 = "[Event(\"sold\")] public record Sold1(int X); ";
    private const string Sold2 = "[Event(\"sold\", Version = 2)] public record Sold2(int X); ";
    private const string Sold3 = "[Event(\"sold\", Version = 3)] public record Sold3(int X); ";
    private const string Up12 = "class Up12 : IUpcaster<Sold1, Sold2> { public Sold2 Upcast(Sold1 e) => new(e.X); } ";
    private const string Up13 = "class Up13 : IUpcaster<Sold1, Sold3> { public Sold3 Upcast(Sold1 e) => new(e.X); } ";
    private const string Json2 = "[JsonUpcaster(\"sold\", 2)] class Json2 : IJsonUpcaster { public System.Text.Json.Nodes.JsonObject? Upcast(System.Text.Json.Nodes.JsonObject e) => e; } ";

    [Theory]
    [InlineData(Sold1 + Sold2, "Events 'sold' version 1 are not read as the newest version: no upcaster leads from 'Sold1' to version 2")]
    [InlineData(Sold1 + Sold2 + Sold3 + Up12, "version 2 are not read as the newest version: no upcaster leads from 'Sold2'")]
    [InlineData(Sold1 + Sold3 + Up13, "version 2 are not read as the newest version: no type and no upcaster reads it")]
    public Task ESEF1006_is_a_version_that_leads_nowhere(string source, string text) => Reported("ESEF1006", source, text);

    [Theory]
    [InlineData(Sold1 + Sold2 + Up12)]
    [InlineData(Sold1 + Sold3 + Up13 + Json2)]
    public Task Versions_without_a_gap_are_not_reported(string source) => NothingReported(source);

    [Fact]
    public Task ESEF4002_is_a_handler_of_a_version_of_the_past()
        => Reported("ESEF4002", Sold1 + Sold2 + Up12 + "class S : ISubscriber<Sold1> { public ValueTask HandleAsync(Sold1 e, EventContext c, CancellationToken t) => default; }", "'S' handles 'Sold1', which is read as 'Sold2'");

    [Fact]
    public async Task ESEF5001_is_a_reference_that_another_version_generated()
    {
        var same = Harness.Run(Using, "Same").ToReference();
        var other = Harness.Compile(["""
            [assembly: EventStore.EF.EventCatalog(typeof(Part))]
            [System.CodeDom.Compiler.GeneratedCode("EventStore.EF.Generators", "9.8.7.6")]
            public class Part : EventStore.EF.EventCatalogPart { public override void Contribute(EventStore.EF.EventCatalogBuilder builder) { } }
            """], "Other").ToMetadataReference();

        var found = Assert.Single(await Harness.AnalyzeAsync("class C;", references: [same, other]));

        Assert.Equal("ESEF5001", found.Id);
        Assert.StartsWith("The events of 'Other' were registered by version 9.8.7.6 of the generator", found.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pragma_silences_a_warning()
        => await NothingReported("""
            class C
            {
            #pragma warning disable ESEF1007
                object M() => new NewEvent("text");
            #pragma warning restore ESEF1007
            }
            """);

    private static async Task Reported(string id, string source, string text)
    {
        var diagnostic = Assert.Single(await Harness.AnalyzeAsync(Using + source));
        Assert.Equal(id, diagnostic.Id);
        Assert.Contains(text, diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.True(diagnostic.Location.IsInSource);
        Harness.Run(Using + source).IsClean();
    }

    private static async Task NothingReported(string source)
    {
        Assert.Empty(await Harness.AnalyzeAsync(Using + source));
        Harness.Run(Using + source).IsClean();
    }
}
