using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace EventStore.EF.CodeFixes;

/// <summary>Helpers for fixes that change declarations.</summary>
internal static class SyntaxFix
{
    /// <summary>Registers a fix that replaces a node in its document.</summary>
    /// <param name="key">The equivalence key of fixes that are applied together; the title by default.</param>
    public static void Register<TNode>(
        CodeFixContext context, string title, Document document, TNode node, Func<TNode, SyntaxNode> replace, string? key = null)
        where TNode : SyntaxNode
        => context.RegisterCodeFix(
            CodeAction.Create(title, async ct => document.WithSyntaxRoot(
                (await document.GetSyntaxRootAsync(ct).ConfigureAwait(false))!.ReplaceNode(node, replace(node))), key ?? title),
            context.Diagnostics);

    /// <summary>Registers a fix that adds an attribute to the property or field at the diagnostic, or to its parameter.</summary>
    public static async Task RegisterAttributeAsync(
        CodeFixContext context, string title, string attribute, AttributeArgumentSyntax? argument, string key)
    {
        AttributeArgumentSyntax[] arguments = argument is null ? [] : [argument];
        if (await FindAsync<ParameterSyntax>(context).ConfigureAwait(false) is { } parameter)
        {
            var target = SyntaxFactory.AttributeTargetSpecifier(SyntaxFactory.Token(SyntaxKind.PropertyKeyword));
            Register(context, title, context.Document, parameter, old => old
                .WithoutLeadingTrivia()
                .WithAttributeLists(old.AttributeLists.Insert(
                    0, Attribute(attribute, target, arguments).WithTrailingTrivia(SyntaxFactory.Space)))
                .WithLeadingTrivia(old.GetLeadingTrivia()), key);
        }
        else if (await FindAsync<MemberDeclarationSyntax>(context).ConfigureAwait(false)
            is { } member and (PropertyDeclarationSyntax or FieldDeclarationSyntax))
        {
            Register(context, title, context.Document, member, old => old.WithAttribute(Attribute(attribute, null, arguments)), key);
        }
    }

    /// <summary>Registers a fix that adds an attribute to a type, if its source is in the solution.</summary>
    public static async Task RegisterAttributeAsync(
        CodeFixContext context, string title, INamedTypeSymbol type, AttributeListSyntax attribute)
    {
        foreach (var reference in type.DeclaringSyntaxReferences.Take(1))
        {
            if (context.Document.Project.Solution.GetDocument(reference.SyntaxTree) is { } document
                && await reference.GetSyntaxAsync(context.CancellationToken).ConfigureAwait(false) is TypeDeclarationSyntax declaration)
            {
                Register(context, title, document, declaration, old => old.WithAttribute(attribute));
            }
        }
    }

    /// <summary>The innermost node of a type at the diagnostic.</summary>
    public static async Task<TNode?> FindAsync<TNode>(CodeFixContext context)
        where TNode : SyntaxNode
        => (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false))?
            .FindNode(context.Span, getInnermostNodeForTie: true).FirstAncestorOrSelf<TNode>();

    /// <summary>An attribute by its full name, which is shortened if a using directive allows it.</summary>
    public static AttributeListSyntax Attribute(
        string fullName, AttributeTargetSpecifierSyntax? target = null, params AttributeArgumentSyntax[] arguments)
    {
        var attribute = SyntaxFactory.Attribute(
            SyntaxFactory.ParseName("global::" + fullName).WithAdditionalAnnotations(Simplifier.Annotation));
        if (arguments.Length > 0)
            attribute = attribute.WithArgumentList(SyntaxFactory.AttributeArgumentList(SyntaxFactory.SeparatedList(arguments)));
        return SyntaxFactory.AttributeList(target, SyntaxFactory.SingletonSeparatedList(attribute));
    }

    /// <summary>A <c>typeof</c> argument with a full name, which is shortened if a using directive allows it.</summary>
    public static AttributeArgumentSyntax TypeOf(string fullName)
    {
        // Every name is annotated: the simplifier doesn't look inside a name that it can't shorten.
        var type = SyntaxFactory.ParseTypeName(fullName);
        return SyntaxFactory.AttributeArgument(SyntaxFactory.TypeOfExpression(type.ReplaceNodes(
            type.DescendantNodesAndSelf().OfType<NameSyntax>(), (_, name) => name.WithAdditionalAnnotations(Simplifier.Annotation))));
    }

    public static AttributeArgumentSyntax Text(string text) => SyntaxFactory.AttributeArgument(
        SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(text)));

    /// <summary>Adds an attribute on a separate line before a member or type.</summary>
    public static MemberDeclarationSyntax WithAttribute(this MemberDeclarationSyntax member, AttributeListSyntax attribute)
    {
        var leading = member.GetLeadingTrivia();
        var indentation = SyntaxFactory.TriviaList(
            leading.Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).Reverse());
        var bare = member.WithLeadingTrivia(indentation);
        return bare.WithAttributeLists(bare.AttributeLists.Insert(
            0, attribute.WithLeadingTrivia(leading).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed)));
    }
}
