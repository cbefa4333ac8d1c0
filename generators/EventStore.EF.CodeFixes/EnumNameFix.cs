using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace EventStore.EF.CodeFixes;

/// <summary>ESEF2008: stores an enum by name, for members that were never stored. For others, the contract file reports an error.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EnumNameFix)), Shared]
public sealed class EnumNameFix : CodeFixProvider
{
    private const string Serialization = "System.Text.Json.Serialization.";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["ESEF2008"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        var type = root?.FindNode(context.Span).AncestorsAndSelf()
            .Select(node => model?.GetDeclaredSymbol(node, context.CancellationToken))
            .Select(symbol => symbol switch
            {
                IPropertySymbol property => property.Type,
                IParameterSymbol parameter => parameter.Type,
                IFieldSymbol field => field.Type,
                _ => null,
            })
            .FirstOrDefault(found => found is not null);
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        if (type is not { TypeKind: TypeKind.Enum })
            return;

        var name = type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        await SyntaxFix.RegisterAttributeAsync(
            context, "Store it by name", Serialization + "JsonConverter",
            SyntaxFix.TypeOf($"global::{Serialization}JsonStringEnumConverter<{name}>"), nameof(EnumNameFix)).ConfigureAwait(false);
    }
}
