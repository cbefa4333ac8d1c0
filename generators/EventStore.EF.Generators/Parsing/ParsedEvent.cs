using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The model of an event, and separately its errors and their location, so that those don't invalidate the model.</summary>
internal sealed record ParsedEvent(EventModel? Model, EquatableArray<DiagnosticModel> Findings, ContractSite Site)
{
    /// <summary>The model to emit, or null if nothing is emitted.</summary>
    public EventModel? Emitted => Model is { Shape: null, Context: null, HasOwnSerializer: false } ? null : Model;

    /// <summary>
    /// The event as stored by a context of the user, if one names it: it needs no generated serializer, so errors about that don't apply.
    /// </summary>
    public ParsedEvent With(EquatableArray<UserContextModel> contexts)
        => Model is null or { HasOwnSerializer: true } || UserContexts.Find(contexts, Model.Type.Code) is not { } context
            ? this
            : this with
            {
                Model = Model with { Context = context, Shape = null, Closure = default, IsChecked = true },
                Findings = Findings.Where(finding => !finding.Descriptor.IsOfSerialization()).ToEquatableArray(),
            };

    public static ParsedEvent Of(GeneratorAttributeSyntaxContext match, CancellationToken ct)
        => Of((INamedTypeSymbol)match.TargetSymbol, match.Attributes[0], match.SemanticModel.Compilation, site: null, ct);

    /// <param name="type">The event.</param>
    /// <param name="attribute">Its <c>[Event]</c>, if it has one.</param>
    /// <param name="compilation">The compilation.</param>
    /// <param name="site">The place to report at if the type is from another assembly.</param>
    /// <param name="ct">Cancels the parse.</param>
    public static ParsedEvent Of(
        INamedTypeSymbol type, AttributeData? attribute, Compilation compilation, LocationModel? site, CancellationToken ct)
    {
        var (model, findings) = EventParser.Parse(type, attribute, compilation, isAdvising: false, ct);
        var contracts = model is null
            ? []
            : model.Aliases.Prepend(model.Name).Select(name => new ContractModel(name, model.Version, type.Display()));
        return new(
            model,
            findings.Where(finding => finding.IsError).Select(finding => finding.ToModel())
                .Select(finding => finding.Location is null ? finding with { Location = site } : finding).ToEquatableArray(),
            new(contracts.ToEquatableArray(), LocationModel.Of(type.FirstLocation()) ?? site));
    }
}
