using EventStore.EF.Generators.Tests.Driver;

namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>
/// What real code bases do in their events: each shape either gives back every value with all of its state, or doesn't compile. The
/// declarations are this repository's own.
/// </summary>
public sealed class ShapeTests
{
    private static readonly Lazy<GeneratorRun> Clocks = new(() => Shape.Library(LibrarySources.Clocks, "Clocks"));

    public static TheoryData<string, string, string> Stored => new(
        [.. IdShapes.Stored, .. BaseShapes.Stored, .. ValueShapes.Stored, .. ComputedShapes.Stored, .. CollectionShapes.Stored,
            .. UnionShapes.Stored, .. ConverterShapes.Stored]);

    public static TheoryData<string, string, string, string> Refused => new(
        [.. IdShapes.Refused, .. BaseShapes.Refused, .. ValueShapes.Refused, .. ComputedShapes.Refused, .. CollectionShapes.Refused,
            .. UnionShapes.Refused, .. ConverterShapes.Refused]);

    public static TheoryData<string, string, string> StoredWithLibrary => new([.. LibraryShapes.Stored]);

    public static TheoryData<string, string, string, string> RefusedWithLibrary => new([.. LibraryShapes.Refused]);

    [Fact]
    public void There_are_at_least_120_shapes()
        => Assert.InRange(Stored.Count + Refused.Count + StoredWithLibrary.Count + RefusedWithLibrary.Count, 120, int.MaxValue);

    [Theory]
    [MemberData(nameof(Stored))]
    public void Every_value_comes_back(string name, string source, string values)
    {
        Assert.NotEmpty(name);
        new Shape(source, values).ComesBack();
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_would_lose_a_value_does_not_compile(string name, string source, string id, string text)
    {
        Assert.NotEmpty(name);
        new Shape(source).IsRefused(id, text);
    }

    [Theory]
    [MemberData(nameof(StoredWithLibrary))]
    public void Every_value_of_a_librarys_type_comes_back(string name, string source, string values)
    {
        Assert.NotEmpty(name);
        new Shape(source, values, Clocks.Value).ComesBack();
    }

    [Theory]
    [MemberData(nameof(RefusedWithLibrary))]
    public void What_would_lose_a_value_of_a_librarys_type_does_not_compile(string name, string source, string id, string text)
    {
        Assert.NotEmpty(name);
        new Shape(source, "", Clocks.Value).IsRefused(id, text);
    }
}
