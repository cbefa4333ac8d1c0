using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF1005: makes the settable properties of a type init-only.</summary>
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
        if (await SyntaxFix.FindAsync<TypeDeclarationSyntax>(context).ConfigureAwait(false) is { } type)
            SyntaxFix.Register(context, "Make them init-only", context.Document, type, old => old.ReplaceNodes(
                Setters(old), (_, now) => Init(now)));
    }

    /// <summary>The public setters of the type's public properties that store without [JsonIgnore].</summary>
    private static IEnumerable<AccessorDeclarationSyntax> Setters(TypeDeclarationSyntax type) => type.Members
        .OfType<PropertyDeclarationSyntax>()
        .Where(property => property.Modifiers.Any(SyntaxKind.PublicKeyword) && !property.Modifiers.Any(SyntaxKind.StaticKeyword)
            && property.ExplicitInterfaceSpecifier is null)
        .SelectMany(property => property.AccessorList?.Accessors ?? default)
        .Where(accessor => accessor.IsKind(SyntaxKind.SetAccessorDeclaration) && !accessor.Modifiers.Any());

    private static AccessorDeclarationSyntax Init(AccessorDeclarationSyntax setter) => SyntaxFactory.AccessorDeclaration(
        SyntaxKind.InitAccessorDeclaration,
        setter.AttributeLists,
        setter.Modifiers,
        SyntaxFactory.Token(SyntaxKind.InitKeyword).WithTriviaFrom(setter.Keyword),
        setter.Body,
        setter.ExpressionBody,
        setter.SemicolonToken);
}
