using System.Collections.Immutable;
using System.Composition;
using EventStore.EF.Generators.Contracts;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.CodeFixes;

/// <summary>
/// ESEF3004: if the event replaces a recorded event that is gone, adds the old name as an alias. Each alias is a separate decision, so
/// there is no fix for all.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AliasFix)), Shared]
public sealed class AliasFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF3004"];

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var ct = context.CancellationToken;
        if (await SyntaxFix.FindAsync<TypeDeclarationSyntax>(context).ConfigureAwait(false) is not { } declaration
            || ProjectContracts.FileOf(context.Document.Project) is not { } file
            || await context.Document.GetSemanticModelAsync(ct).ConfigureAwait(false) is not { } model
            || model.GetDeclaredSymbol(declaration, ct) is not INamedTypeSymbol type
            || type.Attribute(KnownNames.EventAttribute) is not { ApplicationSyntaxReference: { } reference } attribute
            || await reference.GetSyntaxAsync(ct).ConfigureAwait(false) is not AttributeSyntax syntax
            || ContractParser.Parse(type, attribute, model.Compilation, ct) is not { } contract)
        {
            return;
        }

        var recorded = ContractFile.Parse(await file.GetTextAsync(ct).ConfigureAwait(false));
        var document = context.Document.Project.Solution.GetDocument(syntax.SyntaxTree) ?? context.Document;
        foreach (var name in Gone(recorded, contract, model.Compilation, ct))
            SyntaxFix.Register(context, $"Add the alias '{name}', the former stored name", document, syntax, old => WithAlias(old, name));
    }

    /// <summary>The recorded names of the same version that no type has, and whose recorded form the type could read.</summary>
    private static IEnumerable<string> Gone(ContractFile recorded, EventContract contract, Compilation compilation, CancellationToken ct)
    {
        var known = new HashSet<string>(ContractUpdate.Contracts(compilation, ct).SelectMany(other => other.Names), StringComparer.Ordinal);
        var version = contract.Names[0].Substring(contract.Names[0].LastIndexOf('/'));
        return recorded.Events
            .Where(pair => !known.Contains(pair.Key) && pair.Key.EndsWith(version, StringComparison.Ordinal)
                && !ContractComparison.Compare(pair.Value, contract.Nodes).Any(difference => difference.IsBreaking))
            .Select(pair => pair.Key.Substring(0, pair.Key.LastIndexOf('/')))
            .OrderBy(name => name, StringComparer.Ordinal);
    }

    private static AttributeSyntax WithAlias(AttributeSyntax attribute, string name)
    {
        var literal = SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(name));
        var arguments = attribute.ArgumentList ?? SyntaxFactory.AttributeArgumentList();
        var aliases = arguments.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == "Aliases");
        if (aliases is null)
        {
            var elements = SyntaxFactory.SingletonSeparatedList<CollectionElementSyntax>(SyntaxFactory.ExpressionElement(literal));
            return attribute.WithArgumentList(arguments.AddArguments(SyntaxFactory.AttributeArgument(
                SyntaxFactory.NameEquals("Aliases").NormalizeWhitespace(),
                null,
                SyntaxFactory.CollectionExpression(elements))));
        }

        ExpressionSyntax? more = aliases.Expression switch
        {
            CollectionExpressionSyntax collection => collection.AddElements(SyntaxFactory.ExpressionElement(literal)),
            ArrayCreationExpressionSyntax { Initializer: { } initializer } array
                => array.WithInitializer(initializer.AddExpressions(literal)),
            ImplicitArrayCreationExpressionSyntax array => array.WithInitializer(array.Initializer.AddExpressions(literal)),
            _ => null,
        };
        return more is null ? attribute : attribute.ReplaceNode(aliases, aliases.WithExpression(more));
    }
}
