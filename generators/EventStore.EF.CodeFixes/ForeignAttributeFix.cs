using System.Collections.Immutable;
using System.Composition;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace EventStore.EF.CodeFixes;

/// <summary>
/// ESEF2013: replaces an attribute of another serializer by those of System.Text.Json, and marks a member [JsonIgnore] that the other
/// serializer would leave out.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ForeignAttributeFix)), Shared]
public sealed class ForeignAttributeFix : CodeFixProvider
{
    private const string Serialization = "System.Text.Json.Serialization.";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF2013"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var ct = context.CancellationToken;
        var root = await context.Document.GetSyntaxRootAsync(ct).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is not { } node)
            return;
        if (node.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute)
        {
            await SyntaxFix.RegisterAttributeAsync(
                context, "Leave it out with [JsonIgnore]", Serialization + "JsonIgnore", null, nameof(ForeignAttributeFix))
                .ConfigureAwait(false);
            return;
        }

        if (attribute.Parent is not AttributeListSyntax { Parent: { } owner } list
            || await context.Document.GetSemanticModelAsync(ct).ConfigureAwait(false) is not { } model
            || Find(model, owner, attribute, ct) is not { Replacement: { Count: > 0 } replacement })
        {
            return;
        }

        var title = "Replace it by " + string.Join(", ", replacement.Select(text => $"[{text.Split('(')[0]}]"));
        context.RegisterCodeFix(
            CodeAction.Create(
                title, cancellation => ReplaceAsync(context.Document, attribute, list, owner, replacement, cancellation),
                nameof(ForeignAttributeFix)),
            context.Diagnostics);
    }

    private static ForeignAttribute? Find(SemanticModel model, SyntaxNode owner, AttributeSyntax attribute, CancellationToken ct)
    {
        foreach (var symbol in Symbols(model, owner, ct))
        {
            foreach (var data in symbol.GetAttributes())
            {
                if (data.ApplicationSyntaxReference is { } reference && reference.SyntaxTree == attribute.SyntaxTree
                    && reference.Span == attribute.Span)
                {
                    return ForeignAttributes.Find(data, symbol, IsStoredAsItIs(symbol));
                }
            }
        }

        return null;
    }

    /// <summary>The symbols whose attributes the declaration has: a property, and its backing field or its parameter.</summary>
    private static IEnumerable<ISymbol> Symbols(SemanticModel model, SyntaxNode owner, CancellationToken ct)
    {
        var declared = owner is FieldDeclarationSyntax field
            ? field.Declaration.Variables.Select(variable => model.GetDeclaredSymbol(variable, ct))
            : [model.GetDeclaredSymbol(owner, ct)];
        foreach (var symbol in declared.OfType<ISymbol>())
        {
            yield return symbol;
            var property = symbol is IParameterSymbol parameter
                ? parameter.ContainingType.GetMembers(parameter.Name).OfType<IPropertySymbol>().FirstOrDefault()
                : symbol as IPropertySymbol;
            if (property is null)
                continue;
            yield return property;
            foreach (var backing in property.ContainingType.GetMembers($"<{property.Name}>k__BackingField"))
                yield return backing;
        }
    }

    private static bool IsStoredAsItIs(ISymbol symbol) => symbol switch
    {
        IPropertySymbol property => property is
        {
            GetMethod.DeclaredAccessibility: Accessibility.Public, SetMethod: null or { DeclaredAccessibility: Accessibility.Public },
        },
        IFieldSymbol field => field.AssociatedSymbol is not null || field.HasConstantValue,
        _ => true,
    };

    private static async Task<Document> ReplaceAsync(
        Document document, AttributeSyntax attribute, AttributeListSyntax list, SyntaxNode owner, IReadOnlyList<string> replacement,
        CancellationToken ct)
    {
        var target = owner is ParameterSyntax
            ? SyntaxFactory.AttributeTargetSpecifier(SyntaxFactory.Token(SyntaxKind.PropertyKeyword))
            : null;
        var attributes = SyntaxFactory.SeparatedList(replacement.Select(Parse));
        var added = SyntaxFactory.AttributeList(target, attributes);
        var editor = await DocumentEditor.CreateAsync(document, ct).ConfigureAwait(false);
        if (list.Attributes.Count == 1)
        {
            editor.ReplaceNode(list, added.WithTriviaFrom(list));
        }
        else
        {
            var rest = list.RemoveNode(attribute, SyntaxRemoveOptions.KeepNoTrivia)!;
            editor.InsertAfter(list, added.WithTrailingTrivia(list.GetTrailingTrivia()));
            editor.ReplaceNode(list, rest.WithLeadingTrivia(list.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.Space));
        }

        return editor.GetChangedDocument();
    }

    /// <summary>An attribute from its text, with the full name, which is shortened if using directives allow it.</summary>
    private static AttributeSyntax Parse(string text)
    {
        var list = ((CompilationUnitSyntax)SyntaxFactory.ParseSyntaxTree($"[assembly: global::{Serialization}{text}]").GetRoot())
            .AttributeLists[0];
        var attribute = list.Attributes[0].WithoutTrivia();
        return attribute.ReplaceNodes(
            attribute.DescendantNodes().OfType<NameSyntax>(), (_, name) => name.WithAdditionalAnnotations(Simplifier.Annotation));
    }
}
