using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Diagnostics;

/// <summary>A diagnostic found while parsing. It must not outlive the parse, because it holds a syntax location.</summary>
/// <param name="Descriptor">The kind of diagnostic.</param>
/// <param name="Location">The place.</param>
/// <param name="Arguments">The arguments of the message.</param>
/// <param name="Cause">What causes it, if several places have the same cause; it is then reported at the first of them.</param>
internal sealed record Finding(
    DiagnosticDescriptor Descriptor, Location? Location, EquatableArray<string> Arguments, string? Cause = null)
{
    public bool IsError => Descriptor.DefaultSeverity == DiagnosticSeverity.Error;

    /// <summary>The identity of its cause: an error has one, however many events and paths lead to it.</summary>
    public DiagnosticKey Key => ToModel().Key;

    public Diagnostic ToDiagnostic() => Diagnostic.Create(Descriptor, Location, [.. Arguments]);

    public DiagnosticModel ToModel() => new(Descriptor, LocationModel.Of(Location), Arguments, Cause);
}
