using EventStore.EF.Generators.Tests.Driver;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Tests.Diagnostics;

/// <summary>What generated code can't name, because of how its assembly is referenced, is told where it can be mended.</summary>
public sealed class ReferenceTests
{
    private const string Address = "namespace Legacy; public record Address(string City);";

    [Fact]
    public void ESEF1010_is_a_member_whose_type_has_only_an_alias()
    {
        var legacy = Library(Address, "Legacy", "legacy");

        var found = Assert.Single(Run("extern alias legacy; using EventStore.EF; [Event] public sealed record Placed(legacy::Legacy.Address ShipTo);", legacy).Diagnostics);

        Assert.Equal("ESEF1010", found.Id);
        Assert.Contains("'Address'", Message(found), StringComparison.Ordinal);
        Assert.Contains("has only the alias 'legacy'", Message(found), StringComparison.Ordinal);
    }

    [Fact]
    public void ESEF1010_is_a_type_of_which_two_references_have_one_of_the_same_name()
    {
        var first = Library("namespace Shared; public record Money(decimal Amount); public record Price(Money Net);", "First");
        var second = Library("namespace Shared; public record Money(long Cents);", "Second");

        var found = Assert.Single(Run("using EventStore.EF; [Event] public sealed record Placed(Shared.Price Price);", first, second).Diagnostics);

        Assert.Equal("ESEF1010", found.Id);
        Assert.Contains("'Money'", Message(found), StringComparison.Ordinal);
        Assert.Contains("'First' and 'Second'", Message(found), StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_that_global_reaches_beside_an_alias_is_stored()
        => Run("using EventStore.EF; [Event] public sealed record Placed(Legacy.Address ShipTo);", Library(Address, "Legacy", "global", "legacy")).IsClean();

    [Fact]
    public void A_type_of_the_project_s_own_that_hides_one_of_a_reference_is_stored()
        => Run(
            "using EventStore.EF; namespace Mine { public record Address(string City); [Event] public sealed record Placed(Address ShipTo); }",
            Library(Address, "Legacy", "legacy")).IsClean();

    [Fact]
    public void A_record_of_a_reference_is_stored_whether_it_is_sealed_or_not()
        => Run(
            "using EventStore.EF; [Event] public sealed record Placed(Shop.Lines.Line Line, Shop.Lines.Sealed Sealed, Shop.Lines.Value Value);",
            Library(
                "namespace Shop.Lines; public record Line(string Article, Sealed Price); public sealed record Sealed(decimal Amount); public readonly record struct Value(int X);",
                "Lines")).IsClean();

    [Fact]
    public async Task ESEF5003_is_a_reference_with_events_that_has_only_an_alias()
    {
        var sales = Harness.Run("using EventStore.EF; [Event] public sealed record Sold(int X);", "Sales").ToReference();

        var found = Assert.Single(await Harness.AnalyzeAsync("class C;", references: sales.WithAliases(["sales"])));

        Assert.Equal("ESEF5003", found.Id);
        Assert.Contains("'Sales'", Message(found), StringComparison.Ordinal);
        Assert.Contains("'sales'", Message(found), StringComparison.Ordinal);
        Assert.Empty(await Harness.AnalyzeAsync("class C;", references: sales.WithAliases(["global", "sales"])));
        Assert.Empty(await Harness.AnalyzeAsync("class C;", references: Library(Address, "Legacy", "legacy")));
    }

    private static GeneratorRun Run(string source, params MetadataReference[] references) => Harness.Run(source, "Shop", references);

    private static string Message(Diagnostic diagnostic) => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);

    private static PortableExecutableReference Library(string source, string name, params string[] aliases)
    {
        using var image = new MemoryStream();
        var result = Harness.Compile([source], name).Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        var reference = MetadataReference.CreateFromImage(image.ToArray());
        return aliases.Length == 0 ? reference : reference.WithAliases(aliases);
    }
}
