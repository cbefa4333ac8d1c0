using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF1005: makes a settable property init-only.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InitFix)), Shared]
public sealed class InitFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF1005"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var property = await SyntaxFix.FindAsync<PropertyDeclarationSyntax>(context).ConfigureAwait(false);
        if (property?.AccessorList?.Accessors.FirstOrDefault(accessor => accessor.IsKind(SyntaxKind.SetAccessorDeclaration)) is { } setter)
            SyntaxFix.Register(context, "Make it init-only", context.Document, setter, Init);
    }

    private static AccessorDeclarationSyntax Init(AccessorDeclarationSyntax setter) => SyntaxFactory.AccessorDeclaration(
        SyntaxKind.InitAccessorDeclaration,
        setter.AttributeLists,
        setter.Modifiers,
        SyntaxFactory.Token(SyntaxKind.InitKeyword).WithTriviaFrom(setter.Keyword),
        setter.Body,
        setter.ExpressionBody,
        setter.SemicolonToken);
}
