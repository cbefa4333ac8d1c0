using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;

namespace EventStore.EF.Generators.Tests.Driver;

/// <summary>A large assembly: what an edit writes doesn't grow with it.</summary>
public sealed class ThousandEventsTests
{
    private const int Files = 100;
    private const int PerFile = 10;

    private readonly CSharpCompilation _before = Harness.Compile([.. Enumerable.Range(0, Files).Select(File)], "Shop");

    [Fact]
    public void An_edit_writes_what_it_touches_among_1000_events()
    {
        var run = new GeneratorRun(Harness.Driver().RunGenerators(_before, TestContext.Current.CancellationToken), _before);
        Assert.Equal(Files * PerFile, run.Files.Count(file => file.StartsWith("Event.", StringComparison.Ordinal)));

        run.After(_before.AddSyntaxTrees(Harness.Parse("internal class Unrelated;", "Unrelated.cs"))).AllAreCached();
        run.After(Edited("return 1;", "return 2;")).AllAreCached();
        Assert.Equal(1, run.After(Edited("Event500(", "Event500(string? Added, ")).WrittenFiles);
        Assert.Equal(1, run.After(Edited("record Line(", "record Line(string? Added, ")).WrittenFiles);
        Assert.Equal(3, run.After(Edited("public sealed record Line(", "[Event] public sealed record Another(Line X); public sealed record Line(")).WrittenFiles);
        Assert.Equal(3, run.After(_before.AddSyntaxTrees(Harness.Parse("using EventStore.EF; [Event] public sealed record Another(int X);", "Another.cs"))).WrittenFiles);
    }

    private CSharpCompilation Edited(string old, string replacement)
    {
        var tree = _before.SyntaxTrees[Files / 2];
        var text = tree.ToString();
        Assert.Contains(old, text, StringComparison.Ordinal);
        return _before.ReplaceSyntaxTree(tree, Harness.Parse(text.Replace(old, replacement, StringComparison.Ordinal), tree.FilePath));
    }

    private static string File(int file) => string.Create(CultureInfo.InvariantCulture, $$"""
        using System;
        using System.Collections.Generic;
        using EventStore.EF;

        namespace Shop.Part{{file}};

        public sealed record Line(string Sku, int Quantity);
        public sealed class Helper { public int Sum() { return 1; } }
        {{string.Concat(Enumerable.Range(file * PerFile, PerFile).Select(number => $"[Event] public sealed record Event{number}(Guid Id, string Name, decimal? Amount, IReadOnlyList<Line> Lines);\n"))}}
        """);
}
