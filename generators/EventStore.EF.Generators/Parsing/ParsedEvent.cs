using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The model of an event, and separately its errors and their location, so that those don't invalidate the model.</summary>
internal sealed record ParsedEvent(EventModel? Model, EquatableArray<DiagnosticModel> Findings, ContractSite Site)
{
    /// <summary>The model to emit, or null if nothing is emitted.</summary>
    public EventModel? Emitted => Model is { Shape: null, Context: null } ? null : Model;

    /// <summary>
    /// The event as stored by a context of the user, if one names it: it needs no generated serializer, so errors about that don't apply.
    /// </summary>
    public ParsedEvent With(EquatableArray<UserContextModel> contexts)
        => Model is null || UserContexts.Find(contexts, Model.Type.Code) is not { } context
            ? this
            : this with
            {
                Model = Model with { Context = context, Shape = null, Closure = default },
                Findings = Findings.Where(finding => !finding.Descriptor.IsOfSerialization()).ToEquatableArray(),
            };

    public static ParsedEvent Of(GeneratorAttributeSyntaxContext match, CancellationToken ct)
    {
        var type = (INamedTypeSymbol)match.TargetSymbol;
        var (model, findings) = EventParser.Parse(type, match.Attributes[0], match.SemanticModel.Compilation, isAdvising: false, ct);
        var contracts = model is null
            ? []
            : model.Aliases.Prepend(model.Name).Select(name => new ContractModel(name, model.Version, type.Display()));
        return new(
            model,
            findings.Where(finding => finding.IsError).Select(finding => finding.ToModel()).ToEquatableArray(),
            new(contracts.ToEquatableArray(), LocationModel.Of(type.FirstLocation())));
    }
}
