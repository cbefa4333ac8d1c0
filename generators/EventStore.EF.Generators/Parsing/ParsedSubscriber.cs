using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The model of a subscriber, or the reason why the class can't be one.</summary>
internal sealed record ParsedSubscriber(SubscriberModel? Model, DiagnosticModel? Finding)
{
    /// <summary>Parses a class; null for the many classes that aren't subscribers.</summary>
    public static ParsedSubscriber? Of(GeneratorSyntaxContext syntax, CancellationToken ct)
    {
        if (syntax.SemanticModel.GetDeclaredSymbol(syntax.Node, ct) is not INamedTypeSymbol type || !IsFirstPart(type, syntax.Node, ct))
            return null;
        var (model, finding) = SubscriberParser.Parse(type, syntax.SemanticModel.Compilation);
        return model is null && finding is null ? null : new(model, finding?.ToModel());
    }

    /// <summary>A partial class is parsed once, at its first declaration with a base list.</summary>
    private static bool IsFirstPart(INamedTypeSymbol type, SyntaxNode node, CancellationToken ct)
        => type.DeclaringSyntaxReferences.Length == 1
            || type.DeclaringSyntaxReferences
                .Select(part => part.GetSyntax(ct))
                .First(part => part is TypeDeclarationSyntax { BaseList: not null }) == node;
}
