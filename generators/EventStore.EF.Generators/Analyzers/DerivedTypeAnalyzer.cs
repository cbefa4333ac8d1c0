using System.Collections.Immutable;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Reports types that a polymorphic base type in events doesn't declare. Storing them would throw.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DerivedTypeAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The key of the property that tells the fix which type is the polymorphic base.</summary>
    internal const string BaseProperty = "Base";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptors.DerivedNotDeclared];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var types = new SourceTypes(start.Compilation, start.CancellationToken);
            start.RegisterSymbolAction(symbol => Analyze(symbol, types), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, SourceTypes types)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.IsAbstract || type.Arity > 0 || type.TypeKind is not (TypeKind.Class or TypeKind.Struct))
            return;
        foreach (var ancestor in type.Hierarchy().Skip(1).Concat(type.AllInterfaces))
        {
            if (Effect(type, ancestor, types) is { } effect)
            {
                var properties = ImmutableDictionary<string, string?>.Empty
                    .Add(BaseProperty, DocumentationCommentId.CreateDeclarationId(ancestor.OriginalDefinition));
                context.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.DerivedNotDeclared, type.FirstLocation(), properties, type.Display(), ancestor.Display(), effect));
            }
        }
    }

    /// <summary>What happens if a member declared as the ancestor holds the type, or <see langword="null"/> if it comes back.</summary>
    private static string? Effect(INamedTypeSymbol type, INamedTypeSymbol ancestor, SourceTypes types)
    {
        if (Polymorphism.IsPolymorphic(ancestor))
        {
            return !Polymorphism.FallsBack(ancestor)
                && !Polymorphism.DerivedTypes(ancestor).Contains(type, SymbolEqualityComparer.Default)
                && types.IsPolymorphicInEvents(ancestor)
                ? "appending it throws"
                : null;
        }

        return ancestor is { TypeKind: TypeKind.Class, IsAbstract: false }
            && type.GetMembers().OfType<IFieldSymbol>().Any(field => !field.IsStatic && !field.IsConst)
            && types.IsContainedInEvents(ancestor)
            ? "what it adds is lost when an event contains it"
            : null;
    }
}
