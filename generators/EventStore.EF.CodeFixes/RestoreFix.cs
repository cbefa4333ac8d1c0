using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF2011: stores a member that would be lost, or leaves it out on purpose.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RestoreFix)), Shared]
public sealed class RestoreFix : CodeFixProvider
{
    private const string Serialization = "System.Text.Json.Serialization.";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF2011"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var member = await SyntaxFix.FindAsync<MemberDeclarationSyntax>(context).ConfigureAwait(false);
        if (member is PropertyDeclarationSyntax { ExplicitInterfaceSpecifier: null } property)
        {
            var accessors = property.AccessorList?.Accessors ?? default;
            if (accessors.Any(accessor => accessor.Kind() is SyntaxKind.SetAccessorDeclaration or SyntaxKind.InitAccessorDeclaration))
            {
                await SyntaxFix.RegisterAttributeAsync(
                    context, "Store it with [JsonInclude]", Serialization + "JsonInclude", null, "Include").ConfigureAwait(false);
            }
            else if (accessors.Count == 1)
            {
                SyntaxFix.Register(context, "Give it init", context.Document, property, WithInit, "Init");
            }
        }
        else if (member is FieldDeclarationSyntax field && !field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword))
        {
            await SyntaxFix.RegisterAttributeAsync(
                context, "Store it with [JsonInclude]", Serialization + "JsonInclude", null, "Include").ConfigureAwait(false);
        }

        if (member is PropertyDeclarationSyntax or FieldDeclarationSyntax)
        {
            await SyntaxFix.RegisterAttributeAsync(
                context, "Leave it out with [JsonIgnore]", Serialization + "JsonIgnore", null, "Ignore").ConfigureAwait(false);
        }
    }

    private static PropertyDeclarationSyntax WithInit(PropertyDeclarationSyntax property)
    {
        var getter = property.AccessorList!.Accessors[0];
        var init = SyntaxFactory.AccessorDeclaration(SyntaxKind.InitAccessorDeclaration)
            .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken))
            .WithTrailingTrivia(getter.GetTrailingTrivia());
        var spaced = getter.WithTrailingTrivia(SyntaxFactory.Space);
        return property.WithAccessorList(property.AccessorList.WithAccessors(SyntaxFactory.List([spaced, init])));
    }
}
