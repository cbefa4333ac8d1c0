using System.Collections.Immutable;
using EventStore.EF.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Tests.Driver;

/// <summary>
/// Runs the generator and the analyzers on a piece of source. Every run is a double one: after an unrelated edit all outputs must
/// come from the cache. And what comes out must compile without a warning.
/// </summary>
internal static class Harness
{
    private static readonly ImmutableArray<MetadataReference> Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll"
                || (Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly MetadataReference Abstractions = MetadataReference.CreateFromFile(typeof(EventAttribute).Assembly.Location);

    public static readonly IReadOnlyList<MetadataReference> References = [.. Framework, Abstractions];

    public static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary, generalDiagnosticOption: ReportDiagnostic.Warn, nullableContextOptions: NullableContextOptions.Enable);

    public static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
        [new EventAnalyzer(), new SubscriberAnalyzer(), new AppendAnalyzer(), new ContractAnalyzer(), new VersionAnalyzer(), new StateAnalyzer(), new ReferenceAnalyzer()];

    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    public static GeneratorRun Run(string source, string assemblyName = "Shop", params IEnumerable<MetadataReference> references)
        => Run([source], assemblyName, references);

    public static GeneratorRun Run(string[] sources, string assemblyName = "Shop", params IEnumerable<MetadataReference> references)
    {
        var compilation = Compile(sources, assemblyName, references);
        var driver = Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        var run = new GeneratorRun(driver, compilation);
        run.After(compilation.AddSyntaxTrees(Parse("internal class Unrelated { private int _edit = 1; }", "Unrelated.cs"))).AllAreCached();
        return run;
    }

    public static CSharpCompilation Compile(string[] sources, string assemblyName, params IEnumerable<MetadataReference> references) => CSharpCompilation.Create(
        assemblyName,
        sources.Select((source, i) => Parse(source, $"File{i}.cs")),
        [.. References, .. references],
        Options);

    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new EventStoreGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static SyntaxTree Parse(string source, string path)
        => CSharpSyntaxTree.ParseText(source, ParseOptions, path, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>What the analyzers report, with a contract file where one is given.</summary>
    public static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(
        string source, string? contracts = null, string? mode = null, params IEnumerable<MetadataReference> references)
    {
        var compilation = Compile([source], "Shop", references);
        Assert.DoesNotContain(compilation.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        var additional = contracts is null ? [] : ImmutableArray.Create<AdditionalText>(new ContractText(contracts));
        return await compilation
            .WithAnalyzers(Analyzers, new AnalyzerOptions(additional, new BuildProperties(mode)))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
    }
}
