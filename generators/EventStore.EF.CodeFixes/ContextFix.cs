using System.Collections.Immutable;
using System.Composition;
using EventStore.EF.Generators.Analyzers;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF2001: adds the event or state to the context that stores the others.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ContextFix)), Shared]
public sealed class ContextFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF2001"];

    /// <inheritdoc/>
    /// <remarks>None: all fixes change the same declaration, so they can only be applied one after another.</remarks>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (!context.Diagnostics[0].Properties.TryGetValue(EventAnalyzer.ContextProperty, out var name) || name is null
            || await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model
            || await SyntaxFix.FindAsync<TypeDeclarationSyntax>(context).ConfigureAwait(false) is not { } declaration
            || model.GetDeclaredSymbol(declaration, context.CancellationToken) is not { } stored
            || model.Compilation.GetTypeByMetadataName(name) is not { } type)
        {
            return;
        }

        var attribute = SyntaxFix.Attribute(
            KnownNames.JsonNamespace + ".JsonSerializable", null,
            SyntaxFix.TypeOf(stored.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)));
        await SyntaxFix.RegisterAttributeAsync(context, $"Add '{stored.Name}' to '{type.Name}'", type, attribute).ConfigureAwait(false);
    }
}
