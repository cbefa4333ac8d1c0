using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Tests.Fixes;

/// <summary>Reports every property with a setter.</summary>
#pragma warning disable RS1001, RS2008 // It is no analyzer that anybody installs.
internal sealed class SettableMembers : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor Settable = new("ESEF1005", "T", "M", "C", DiagnosticSeverity.Info, isEnabledByDefault: true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Settable];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(
            static symbol =>
            {
                if (symbol.Symbol is IPropertySymbol { SetMethod.IsInitOnly: false })
                    symbol.ReportDiagnostic(Diagnostic.Create(Settable, symbol.Symbol.Locations[0]));
            },
            SymbolKind.Property);
    }
}
