using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Diagnostics;

/// <summary>A diagnostic that the pipeline can cache.</summary>
internal sealed record DiagnosticModel(
    DiagnosticDescriptor Descriptor, LocationModel? Location, EquatableArray<string> Arguments, string? Cause = null)
{
    /// <summary>The identity of its cause. The first argument is the path, which differs from event to event.</summary>
    public DiagnosticKey Key => Cause is null
        ? new(Descriptor.Id, Location, Location is null ? string.Join("\n", Arguments) : string.Join("\n", Arguments.Skip(1)))
        : new(Descriptor.Id, null, Cause);

    public Diagnostic ToDiagnostic() => Diagnostic.Create(Descriptor, Location?.ToLocation(), [.. Arguments]);
}

/// <summary>The cause of a diagnostic: each is reported once.</summary>
internal sealed record DiagnosticKey(string Id, LocationModel? Location, string Text);

/// <summary>A location in a file, without the syntax tree, so that it can be cached.</summary>
internal sealed record LocationModel(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationModel? Of(Location? location)
        => location?.SourceTree is { } tree ? new(tree.FilePath, location.SourceSpan, location.GetLineSpan().Span) : null;

    public Location ToLocation() => Location.Create(Path, Span, Lines);
}
