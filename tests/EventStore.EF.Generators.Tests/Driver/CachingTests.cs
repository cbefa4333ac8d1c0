namespace EventStore.EF.Generators.Tests.Driver;

public sealed class CachingTests
{
    private const string Source = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using EventStore.EF;

        namespace Shop;

        internal sealed record Line(string Sku, int Quantity);
        [Event] internal sealed record OrderPlaced(Guid Id, List<Line> Lines);
        [Event] internal sealed record OrderShipped(Guid Id, Line? First);

        """ + Handler;

    private const string Handler = """
        internal sealed class Mails : ISubscriber<OrderPlaced>
        {
            public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken ct) => default;
        }
        """;

    [Fact]
    public void The_files_are_one_per_event_and_subscriber_with_a_context_and_a_catalog()
    {
        var files = Harness.Run(Source).IsClean().Files;

        Assert.Equal(
            ["Event.OrderPlaced", "Event.OrderShipped", "EventCatalog", "EventJsonContext", "Subscriber.Mails", "Types", "Types"],
            files.Select(file => file.StartsWith("Types.", StringComparison.Ordinal) ? "Types" : file.Split('_')[0].Replace(".g.cs", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_edit_of_a_method_body_writes_nothing()
        => Assert.Equal(0, Edited("=> default;", "=> ValueTask.CompletedTask;").WrittenFiles);

    [Fact]
    public void A_moved_declaration_writes_nothing()
        => Assert.Equal(0, Edited("namespace Shop;", "namespace Shop;\n\n\n// moved").WrittenFiles);

    [Fact]
    public void A_changed_event_writes_its_own_file_only()
        => Assert.Equal(1, Edited("Line? First)", "Line? First, Line? Second)").WrittenFiles);

    [Fact]
    public void A_changed_nested_type_writes_its_own_file_only()
        => Assert.Equal(1, Edited("int Quantity)", "int Quantity, string? Note)").WrittenFiles);

    [Fact]
    public void A_changed_subscriber_writes_its_own_file_only()
        => Assert.Equal(1, Edited(Handler, Handler.Replace("OrderPlaced", "OrderShipped", StringComparison.Ordinal)).WrittenFiles);

    [Theory]
    [InlineData("[Event] internal sealed record OrderCancelled(Guid Id);")]
    [InlineData("[Event] internal sealed record AAA(Guid Id, Line Line);")]
    [InlineData("[Event] internal sealed record ZZZ(Guid Id, OrderPlaced Order);")]
    public void An_added_event_writes_its_own_file_the_context_and_the_catalog(string added)
    {
        Assert.Equal(3, Edited(Handler, Handler + "\n" + added).WrittenFiles);

        var compilation = Harness.Compile([Source], "Shop");
        var edited = compilation.AddSyntaxTrees(Harness.Parse("using EventStore.EF;\nusing System;\nnamespace Shop;\n" + added, "Added.cs"));
        Assert.Equal(3, new GeneratorRun(Harness.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken), compilation).After(edited).IsClean().WrittenFiles);
    }

    [Fact]
    public void The_order_of_files_makes_no_difference()
    {
        const string Using = "using EventStore.EF;\n";
        const string First = Using + "[Event] internal sealed record A(int Value);";
        const string Second = Using + "[Event] internal sealed record B(A Value);";

        var one = Harness.Run([First, Second]).IsClean();
        var other = Harness.Run([Second, First]).IsClean();

        Assert.Equal(one.Files, other.Files);
        Assert.All(one.Files, file => Assert.Equal(one.Text(file), other.Text(file)));
    }

    private static GeneratorRun Edited(string old, string replacement)
    {
        Assert.Contains(old, Source, StringComparison.Ordinal);
        var compilation = Harness.Compile([Source], "Shop");
        var edited = compilation.ReplaceSyntaxTree(
            compilation.SyntaxTrees[0], Harness.Parse(Source.Replace(old, replacement, StringComparison.Ordinal), "File0.cs"));
        return new GeneratorRun(Harness.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken), compilation).After(edited).IsClean();
    }
}
