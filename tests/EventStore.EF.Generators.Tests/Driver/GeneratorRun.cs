using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EventStore.EF.Generators.Tests.Driver;

/// <summary>What one run of the generator made.</summary>
internal sealed class GeneratorRun(GeneratorDriver driver, CSharpCompilation compilation)
{
    private static readonly string[] WithoutFault = ["CS1591", "CS8019"];

    private byte[]? _image;
    private MetadataReference? _reference;

    private GeneratorRunResult Result => driver.GetRunResult().Results.Single();

    public ImmutableArray<Diagnostic> Diagnostics => Result.Diagnostics;

    /// <summary>What the generator threw; it never may.</summary>
    public Exception? Exception => Result.Exception;

    public IReadOnlyList<string> Files => [.. Result.GeneratedSources.Select(source => source.HintName).Order(StringComparer.Ordinal)];

    public CSharpCompilation Output => compilation.AddSyntaxTrees(Result.GeneratedSources.Select(source => source.SyntaxTree));

    /// <summary>The text of the only file whose name starts so.</summary>
    public string Text(string start) => Result.GeneratedSources
        .Single(source => source.HintName.StartsWith(start, StringComparison.Ordinal)).SourceText.ToString();

    /// <summary>The next run, on an edited compilation, with what the driver remembers.</summary>
    public GeneratorRun After(CSharpCompilation edited) => After(edited, driver => driver);

    /// <summary>The same, where something else than code has changed.</summary>
    public GeneratorRun After(CSharpCompilation edited, Func<GeneratorDriver, GeneratorDriver> change)
        => new(change(driver).RunGenerators(edited, TestContext.Current.CancellationToken), edited);

    /// <summary>Demands no diagnostic of ours, and no warning from the compiler in the generated files; returns this.</summary>
    public GeneratorRun IsClean()
    {
        Assert.Null(Result.Exception);
        Assert.Empty(Diagnostics);
        var generated = Result.GeneratedSources.Select(source => source.SyntaxTree).ToHashSet();
        Assert.Empty(Output.GetDiagnostics().Where(diagnostic =>
            diagnostic.Severity == DiagnosticSeverity.Error
            || (diagnostic.Severity == DiagnosticSeverity.Warning && diagnostic.Location.SourceTree is { } tree && generated.Contains(tree))
            || (diagnostic.Severity == DiagnosticSeverity.Warning && !WithoutFault.Contains(diagnostic.Id))));
        return this;
    }

    /// <summary>Demands that nothing was done again: every output, and every step that we named.</summary>
    public void AllAreCached()
    {
        Assert.All(Outputs(), output => Assert.True(output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, output.ToString()));
        foreach (var step in TrackingNames.All.Where(Result.TrackedSteps.ContainsKey))
        {
            Assert.All(
                Result.TrackedSteps[step].SelectMany(run => run.Outputs),
                output => Assert.True(output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {output.Reason}"));
        }
    }

    /// <summary>How many outputs with files were written again or for the first time.</summary>
    public int WrittenFiles => Result.TrackedOutputSteps
        .SelectMany(step => step.Value.SelectMany(run => run.Outputs))
        .Count(output => output.Reason is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New
            && ((ITuple)output.Value)[0] is IEnumerable files && files.Cast<object>().Any());

    private IEnumerable<(string Step, IncrementalStepRunReason Reason)> Outputs() => Result.TrackedOutputSteps
        .SelectMany(step => step.Value.SelectMany(run => run.Outputs.Select(output => (step.Key, output.Reason))));

    /// <summary>The compiled assembly.</summary>
    public byte[] Emit() => _image ??= Compile();

    public MetadataReference ToReference() => _reference ??= MetadataReference.CreateFromImage(Emit());

    private byte[] Compile()
    {
        IsClean();
        using var image = new MemoryStream();
        var result = Output.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return image.ToArray();
    }
}
