using System.Collections.Immutable;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Reports handlers that are never called, and classes that have handlers only through their base class.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SubscriberAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics
        => [Descriptors.HandlesNoEvent, Descriptors.InheritsHandlers];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Class)
            return;
        foreach (var handled in SubscriberParser.Handled(type))
        {
            if (IsNamedBy(type, handled) && EventBases.CanBeNoEvent(handled, context.Compilation, context.CancellationToken))
                Report(context, Descriptors.HandlesNoEvent, type, handled);
        }

        if (type is { IsAbstract: false, BaseType: { IsAbstract: false } parent }
            && SubscriberParser.Handled(parent).Count > 0
            && SubscriberParser.Handled(type).Count == SubscriberParser.Handled(parent).Count
            && !type.Interfaces.SelectMany(i => i.AllInterfaces.Prepend(i)).Any(SubscriberParser.IsSubscriber))
        {
            Report(context, Descriptors.InheritsHandlers, type, parent);
        }
    }

    private static void Report(SymbolAnalysisContext context, DiagnosticDescriptor descriptor, INamedTypeSymbol type, ITypeSymbol other)
        => context.ReportDiagnostic(Diagnostic.Create(descriptor, type.FirstLocation(), type.Display(), other.Display()));

    /// <summary>Whether the class adds the handler itself and doesn't inherit it, so that it is reported once.</summary>
    private static bool IsNamedBy(INamedTypeSymbol type, ITypeSymbol handled)
        => type.BaseType is null || !SubscriberParser.Handled(type.BaseType).Contains(handled, SymbolEqualityComparer.Default);
}
