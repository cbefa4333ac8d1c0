using System.Collections.Immutable;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Emission;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Reports referenced assemblies whose part of the catalog another version of the generator wrote.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ReferenceAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptors.OtherGenerator];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationAction(Analyze);
    }

    private static void Analyze(CompilationAnalysisContext context)
    {
        var own = GeneratedFile.GeneratorVersion;
        foreach (var (assembly, part) in ReferenceParser.Parts(context.Compilation, context.CancellationToken))
        {
            if (part.Attribute("System.CodeDom.Compiler.GeneratedCodeAttribute") is { ConstructorArguments: { Length: 2 } arguments }
                && arguments[1].Value is string version
                && version != own)
            {
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.OtherGenerator, Location.None, assembly.Name, version, own));
            }
        }
    }
}
