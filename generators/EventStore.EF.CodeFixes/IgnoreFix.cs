using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF2016: leaves a computed member out of the JSON.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(IgnoreFix)), Shared]
public sealed class IgnoreFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF2016"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context) => SyntaxFix.RegisterAttributeAsync(
        context, "Leave it out with [JsonIgnore]", "System.Text.Json.Serialization.JsonIgnore", null, nameof(IgnoreFix));
}
