using System.Collections.Immutable;
using System.Composition;
using EventStore.EF.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF3001 of a member that was renamed: keeps the old name in JSON.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(JsonNameFix)), Shared]
public sealed class JsonNameFix : CodeFixProvider
{
    private const string JsonPropertyName = "System.Text.Json.Serialization.JsonPropertyName";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF3001"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var properties = context.Diagnostics[0].Properties;
        if (!properties.TryGetValue(ContractDiagnostics.JsonNameProperty, out var name) || name is null)
            return;

        var title = $"Keep its name in JSON: [JsonPropertyName(\"{name}\")]";
        if (await SyntaxFix.FindAsync<ParameterSyntax>(context).ConfigureAwait(false) is { } parameter)
        {
            var target = SyntaxFactory.AttributeTargetSpecifier(SyntaxFactory.Token(SyntaxKind.PropertyKeyword));
            SyntaxFix.Register(context, title, context.Document, parameter, old => old
                .WithoutLeadingTrivia()
                .WithAttributeLists(old.AttributeLists.Insert(0, SyntaxFix.Attribute(JsonPropertyName, target, SyntaxFix.Text(name)).WithTrailingTrivia(SyntaxFactory.Space)))
                .WithLeadingTrivia(old.GetLeadingTrivia()), nameof(JsonNameFix));
        }
        else if (await SyntaxFix.FindAsync<MemberDeclarationSyntax>(context).ConfigureAwait(false) is { } member and (PropertyDeclarationSyntax or FieldDeclarationSyntax))
        {
            SyntaxFix.Register(
                context, title, context.Document, member,
                old => old.WithAttribute(SyntaxFix.Attribute(JsonPropertyName, null, SyntaxFix.Text(name))), nameof(JsonNameFix));
        }
    }
}
