using System.Collections.Immutable;
using System.Composition;
using EventStore.EF.Generators.Analyzers;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF2006: declares the derived type on its base type, under its name in kebab-case.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeclareDerivedFix)), Shared]
public sealed class DeclareDerivedFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF2006"];

    /// <inheritdoc/>
    /// <remarks>None: all fixes of a base type change the same declaration, so they can only be applied one after another.</remarks>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (!context.Diagnostics[0].Properties.TryGetValue(DerivedTypeAnalyzer.BaseProperty, out var id) || id is null
            || await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model
            || await SyntaxFix.FindAsync<TypeDeclarationSyntax>(context).ConfigureAwait(false) is not { } declaration
            || model.GetDeclaredSymbol(declaration, context.CancellationToken) is not { } derived
            || DocumentationCommentId.GetFirstSymbolForDeclarationId(id, model.Compilation) is not INamedTypeSymbol type)
        {
            return;
        }

        var attribute = SyntaxFix.Attribute(
            KnownNames.JsonNamespace + ".JsonDerivedType", null,
            SyntaxFix.TypeOf(derived.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)),
            SyntaxFix.Text(EventNames.KebabCase(derived.Name)));
        var title = $"Declare '{derived.Name}' on '{type.Name}'";
        await SyntaxFix.RegisterAttributeAsync(context, title, type, attribute).ConfigureAwait(false);
    }
}
