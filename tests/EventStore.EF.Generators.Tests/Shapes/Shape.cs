using System.Globalization;
using System.Runtime.Loader;
using EventStore.EF.Generators.Tests.Driver;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>A piece of source with events, as real code bases have them.</summary>
internal sealed class Shape
{
    private const string Usings = """
        using System;
        using System.Collections;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Collections.ObjectModel;
        using System.Linq;
        using System.Text.Json;
        using System.Text.Json.Nodes;
        using System.Text.Json.Serialization;
        using EventStore.EF;

        """;

    private readonly GeneratorRun _run;
    private readonly GeneratorRun[] _references;

    /// <param name="source">The declarations.</param>
    /// <param name="values">Expressions of the events to store.</param>
    /// <param name="references">The libraries that it uses.</param>
    public Shape(string source, string values = "", params GeneratorRun[] references)
    {
        var cases = $"public static class Case {{ public static object[] Values() => [{values}]; }}";
        var compilation = Harness.Compile([Usings + source, Usings + cases], "Shop", references.Select(run => run.ToReference()));
        _run = new(Harness.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken), compilation);
        _references = references;
    }

    /// <summary>A library that shapes reference; no generator runs on it unless it has events.</summary>
    public static GeneratorRun Library(string source, string name = "Library")
    {
        var compilation = Harness.Compile([Usings + source], name);
        return new(Harness.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken), compilation);
    }

    /// <summary>Demands that it doesn't compile, with one error of this id that contains the text.</summary>
    public void IsRefused(string id, string text)
    {
        Assert.Null(_run.Exception);
        var error = Assert.Single(_run.Diagnostics);
        Assert.Equal((id, DiagnosticSeverity.Error), (error.Id, error.Severity));
        Assert.Contains(text, error.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.DoesNotContain(_run.Output.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>Demands that it compiles, and that every value comes back with all of its state, by the fast reader and by metadata.</summary>
    public void ComesBack()
    {
        var context = new AssemblyLoadContext(nameof(Shape), isCollectible: true);
        foreach (var reference in _references)
            context.LoadFromStream(new MemoryStream(reference.Emit()));
        var assembly = context.LoadFromStream(new MemoryStream(_run.Emit()));
        var catalog = EventCatalog.Of(assembly);
        var values = (object[])assembly.GetType("Case")!.GetMethod("Values")!.Invoke(null, null)!;
        Assert.NotEmpty(values);
        foreach (var value in values)
            ComesBack(catalog, value);
        context.Unload();
    }

    /// <summary>Demands that one value comes back.</summary>
    public static void ComesBack(EventCatalog catalog, object value)
    {
        var descriptor = catalog.Find(value.GetType());
        Assert.NotNull(descriptor);
        var json = descriptor.Serialize(value);
        Assert.Equal(Image.Of(value), Image.Of(descriptor.Deserialize(json)));
        Assert.Equal(Image.Of(value), Image.Of(System.Text.Json.JsonSerializer.Deserialize(json, descriptor.JsonTypeInfo)));
        Assert.Equal(json, descriptor.Serialize(descriptor.Deserialize(json)!));
    }
}
