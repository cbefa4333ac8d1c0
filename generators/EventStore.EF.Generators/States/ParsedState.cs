using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.States;

/// <summary>The model of a state, and separately its errors.</summary>
internal sealed record ParsedState(StateModel? Model, EquatableArray<DiagnosticModel> Findings)
{
    /// <summary>The model to emit, or null: a state with snapshots needs serializers, or a context that has them.</summary>
    public StateModel? Emitted => Model is { SnapshotEvery: > 0, Shapes.Count: 0, Context: null } ? null : Model;

    /// <summary>
    /// The state with snapshots stored by a context of the user, if one names it: errors about generated serializers then don't apply.
    /// </summary>
    public ParsedState With(EquatableArray<UserContextModel> contexts)
        => Model is not { SnapshotEvery: > 0 } || UserContexts.Find(contexts, Model.Type.Code) is not { } context
            ? this
            : this with
            {
                Model = Model with { Context = context, Shapes = default },
                Findings = Findings.Where(finding => !finding.Descriptor.IsOfSerialization()).ToEquatableArray(),
            };

    public static ParsedState Of(GeneratorAttributeSyntaxContext match, CancellationToken ct)
    {
        var (model, findings) = StateParser.Parse(
            (INamedTypeSymbol)match.TargetSymbol, match.Attributes[0], match.SemanticModel.Compilation, ct);
        return new(model, findings.Where(finding => finding.IsError).Select(finding => finding.ToModel()).ToEquatableArray());
    }
}
