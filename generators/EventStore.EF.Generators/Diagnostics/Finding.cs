using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Diagnostics;

/// <summary>A diagnostic found while parsing. It must not outlive the parse, because it holds a syntax location.</summary>
internal sealed record Finding(DiagnosticDescriptor Descriptor, Location? Location, EquatableArray<string> Arguments)
{
    public bool IsError => Descriptor.DefaultSeverity == DiagnosticSeverity.Error;

    public Diagnostic ToDiagnostic() => Diagnostic.Create(Descriptor, Location, [.. Arguments]);

    public DiagnosticModel ToModel() => new(Descriptor, LocationModel.Of(Location), Arguments);
}
