using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF3003: makes a required property optional.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OptionalFix)), Shared]
public sealed class OptionalFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF3003"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await SyntaxFix.FindAsync<PropertyDeclarationSyntax>(context).ConfigureAwait(false) is { } property
            && property.Modifiers.Any(SyntaxKind.RequiredKeyword))
        {
            SyntaxFix.Register(context, "Make it optional", context.Document, property, Optional);
        }
    }

    private static PropertyDeclarationSyntax Optional(PropertyDeclarationSyntax property)
    {
        var optional = property
            .WithModifiers(SyntaxFactory.TokenList(property.Modifiers.Where(modifier => !modifier.IsKind(SyntaxKind.RequiredKeyword))))
            .WithLeadingTrivia(property.GetLeadingTrivia());
        return optional.Type is NullableTypeSyntax
            ? optional
            : optional.WithType(SyntaxFactory.NullableType(optional.Type.WithoutTrailingTrivia())
                .WithTrailingTrivia(optional.Type.GetTrailingTrivia()));
    }
}
