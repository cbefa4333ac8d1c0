using System.Collections.Immutable;
using System.Composition;
using EventStore.EF.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF1007: marks the type of the appended object, if its source is in the solution.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MarkEventFix)), Shared]
public sealed class MarkEventFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF1007"];

    /// <inheritdoc/>
    /// <remarks>None: a type may be appended in several places, and would be marked once for each.</remarks>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (!context.Diagnostics[0].Properties.TryGetValue(AppendAnalyzer.TypeProperty, out var id) || id is null
            || await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model
            || DocumentationCommentId.GetFirstSymbolForDeclarationId(id, model.Compilation) is not INamedTypeSymbol type)
        {
            return;
        }

        await SyntaxFix.RegisterAttributeAsync(
            context, $"Mark '{type.Name}' with [Event]", type, SyntaxFix.Attribute("EventStore.EF.Event")).ConfigureAwait(false);
    }
}
