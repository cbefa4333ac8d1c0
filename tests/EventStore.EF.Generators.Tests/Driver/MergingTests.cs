using System.Runtime.Loader;

namespace EventStore.EF.Generators.Tests.Driver;

public sealed class MergingTests
{
    private const string Using = """
        using System.Threading;
        using System.Threading.Tasks;
        using EventStore.EF;

        """;

    private const string Handles = "{ public ValueTask HandleAsync(Placed e, EventContext context, CancellationToken ct) => default; }";

    [Fact]
    public void The_catalog_of_an_application_has_the_events_of_all_assemblies_that_it_references()
    {
        var domain = Harness.Run(Using + "[Event(Aliases = [\"created\"])] public sealed record Placed(int Value); [Event] internal sealed record Hidden(int Value);", "Domain");
        var handlers = Harness.Run(Using + $"public sealed class Mails : ISubscriber<Placed> {Handles}", "Handlers", domain.ToReference());
        var application = Harness.Run(Using + "[Event] public sealed record Started(int Value);", "Application", domain.ToReference(), handlers.ToReference());

        var catalog = Load(domain, handlers, application);

        Assert.Equal(["hidden", "placed", "started"], catalog.Events.Select(e => e.Name).Order());
        Assert.Equal(["Mails"], catalog.Subscribers.Select(s => s.ClrType.Name));
        Assert.Equal("placed", catalog.Find("created", 1)?.Name);
    }

    [Fact]
    public void An_application_without_events_of_its_own_has_those_of_its_references()
    {
        var domain = Harness.Run(Using + "[Event] public sealed record Placed(int Value);", "Domain");
        var application = Harness.Run("public class Program;", "Application", domain.ToReference());

        Assert.Equal(["EventCatalog.g.cs"], application.IsClean().Files);
        Assert.Equal(["placed"], Load(domain, application).Events.Select(e => e.Name));
    }

    [Fact]
    public void Many_assemblies_that_reference_each_other_are_walked_through_once_each()
    {
        var runs = new List<GeneratorRun>();
        for (var i = 0; i < 20; i++)
        {
            runs.Add(Harness.Run(
                Using + $"[Event] public sealed record Event{i}(int Value);", $"Layer{i}", [.. runs.Select(run => run.ToReference())]));
        }

        Assert.Equal(20, Load([.. runs]).Events.Count);
    }

    [Fact]
    public void The_same_name_in_two_assemblies_is_an_error()
    {
        var domain = Harness.Run(Using + "namespace Sales; [Event] public sealed record Placed(int Value);", "Domain");
        var application = Harness.Run(Using + "namespace App; [Event(\"placed\")] public sealed record Other(int Value);", "Application", domain.ToReference());

        var diagnostic = Assert.Single(application.Diagnostics);
        Assert.Equal("ESEF1002", diagnostic.Id);
        Assert.Equal(
            "'Other' and 'Placed in Domain' are both stored as 'placed' version 1: rename one with [Event(\"…\")] or give it another Version",
            diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void The_same_name_in_two_references_is_an_error_of_the_application_that_joins_them()
    {
        var one = Harness.Run(Using + "[Event(\"x\")] public sealed record One(int Value);", "First");
        var two = Harness.Run(Using + "[Event(\"y\", Aliases = [\"x\"])] public sealed record Two(int Value);", "Second");

        var diagnostic = Assert.Single(Harness.Run("public class Program;", "Application", one.ToReference(), two.ToReference()).Diagnostics);
        Assert.Equal("ESEF1002", diagnostic.Id);
        Assert.StartsWith("'Two in Second' and 'One in First'", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static EventCatalog Load(params GeneratorRun[] runs)
    {
        var context = new AssemblyLoadContext(nameof(MergingTests), isCollectible: true);
        var assemblies = runs.Select(run => context.LoadFromStream(new MemoryStream(run.Emit()))).ToList();
        return EventCatalog.Of(assemblies[^1]);
    }
}
