using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The model of a subscriber, or the reason why it can't be one.</summary>
internal sealed record ParsedSubscriber(SubscriberModel? Model, DiagnosticModel? Finding)
{
    /// <summary>Null for the many classes that aren't subscribers.</summary>
    public static ParsedSubscriber? Of(GeneratorSyntaxContext syntax, CancellationToken ct)
    {
        if (syntax.SemanticModel.GetDeclaredSymbol(syntax.Node, ct) is not INamedTypeSymbol type)
            return null;
        var (model, finding) = SubscriberParser.Parse(type, syntax.SemanticModel.Compilation);
        return model is null && finding is null ? null : new(model, finding?.ToModel());
    }
}
