using System.Collections.Immutable;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Parsing;
using EventStore.EF.Generators.States;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Reports methods of states that no event can ever reach.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StateAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptors.StateOfNoEvent];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    /// <summary>The event types that a state's methods take; none if the type is not a state.</summary>
    internal static IEnumerable<ITypeSymbol> Taken(INamedTypeSymbol type)
        => type.Attribute(KnownNames.StateAttribute) is null
            ? []
            : StateMethods.Of(type).Select(method => method.Parameters[0].Type).Distinct<ITypeSymbol>(SymbolEqualityComparer.Default);

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        foreach (var taken in Taken(type).Where(taken => EventBases.CanBeNoEvent(taken, context.Compilation, context.CancellationToken)))
        {
            var method = StateMethods.Of(type).First(m => m.Parameters[0].Type.Equals(taken, SymbolEqualityComparer.Default));
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.StateOfNoEvent, method.FirstLocation() ?? type.FirstLocation(), method.Display(), taken.Display()));
        }
    }
}
