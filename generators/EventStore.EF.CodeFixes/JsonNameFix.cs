using System.Collections.Immutable;
using System.Composition;
using EventStore.EF.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF3001: keeps the JSON name of a member that was renamed.</summary>
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

        var title = $"Keep its JSON name: [JsonPropertyName(\"{name}\")]";
        await SyntaxFix.RegisterAttributeAsync(
            context, title, JsonPropertyName, SyntaxFix.Text(name), nameof(JsonNameFix)).ConfigureAwait(false);
    }
}
