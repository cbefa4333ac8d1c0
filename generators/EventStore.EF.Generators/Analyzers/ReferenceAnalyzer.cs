using System.Collections.Immutable;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Emission;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>
/// Reports referenced assemblies whose events aren't registered, or were registered by a different version of the generator.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ReferenceAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics
        => [Descriptors.OtherGenerator, Descriptors.NotGenerated, Descriptors.LeftOut];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationAction(Analyze);
    }

    private static void Analyze(CompilationAnalysisContext context)
    {
        var compilation = context.Compilation;
        var own = GeneratedFile.GeneratorVersion;
        var listed = new HashSet<ISymbol>(ListedEvents.Types(compilation).Select(e => e.Type), SymbolEqualityComparer.Default);
        foreach (var assembly in ReferenceParser.References(compilation, context.CancellationToken))
        {
            if (ReferenceParser.Part(assembly) is not { } part)
            {
                ReportNotGenerated(context, assembly, listed);
            }
            else if (Nameability.Alias(assembly, compilation) is { } alias)
            {
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.LeftOut, Location.None, assembly.Name, alias));
            }
            else if (part.Attribute("System.CodeDom.Compiler.GeneratedCodeAttribute") is { ConstructorArguments: { Length: 2 } arguments }
                && arguments[1].Value is string version
                && version != own)
            {
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.OtherGenerator, Location.None, assembly.Name, version, own));
            }
        }
    }

    /// <summary>Reports the events of an assembly in F# or Visual Basic, or of one that was built without the generator.</summary>
    private static void ReportNotGenerated(CompilationAnalysisContext context, IAssemblySymbol assembly, HashSet<ISymbol> listed)
    {
        foreach (var type in assembly.GlobalNamespace.AllTypes(context.CancellationToken))
        {
            if (type.Attribute(KnownNames.EventAttribute) is { } attribute && !EventParser.HasOwnSerializer(attribute)
                && type.DeclaredAccessibility == Accessibility.Public && !listed.Contains(type))
            {
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.NotGenerated, Location.None, type.Display(), assembly.Name));
            }
        }
    }
}
