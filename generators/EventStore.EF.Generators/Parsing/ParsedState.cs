using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The model of a state, and beside it the errors found.</summary>
internal sealed record ParsedState(StateModel? Model, EquatableArray<DiagnosticModel> Findings)
{
    public static ParsedState Of(GeneratorAttributeSyntaxContext match, CancellationToken ct)
    {
        var (model, findings) = StateParser.Parse(
            (INamedTypeSymbol)match.TargetSymbol, match.Attributes[0], match.SemanticModel.Compilation, ct);
        return new(model, findings.Where(finding => finding.IsError).Select(finding => finding.ToModel()).ToEquatableArray());
    }
}
