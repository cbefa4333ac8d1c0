using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Parses a class that implements <c>ISubscriber&lt;T&gt;</c>.</summary>
internal static class SubscriberParser
{
    /// <summary>
    /// The model of a concrete handler class, or the reason why its handlers can't be called. Both are null for other types.
    /// </summary>
    public static (SubscriberModel? Model, Finding? Finding) Parse(INamedTypeSymbol type, Compilation compilation)
    {
        if (type.TypeKind != TypeKind.Class || type.IsAbstract || type.IsStatic)
            return default;
        var handled = Handled(type);
        if (handled.Count == 0 || UnsupportedTypes.IsObsoleteError(type) || handled.Any(UnsupportedTypes.IsObsoleteError))
            return default; // Generated code can't name it; that is reported where the event is declared.
        if (Problem(type, handled, compilation) is { } problem)
        {
            var arguments = new[] { type.Display(), problem }.ToEquatableArray();
            return (null, new(Descriptors.SubscriberNotAccessible, type.FirstLocation(), arguments));
        }

        return (new(type.TypeName(), MostDerivedFirst(handled).Select(e => e.Code()).ToEquatableArray()), null);
    }

    /// <summary>The types that a class handles, each once.</summary>
    public static IReadOnlyList<ITypeSymbol> Handled(INamedTypeSymbol type) => [.. type.AllInterfaces
        .Where(IsSubscriber)
        .Select(i => i.TypeArguments[0])
        .GroupBy(e => e.Code(), StringComparer.Ordinal)
        .Select(group => group.First())];

    public static bool IsSubscriber(INamedTypeSymbol type)
        => type is { Name: "ISubscriber", Arity: 1 } && type.FullName() == KnownNames.Subscriber;

    private static string? Problem(INamedTypeSymbol type, IEnumerable<ITypeSymbol> handled, Compilation compilation)
    {
        for (var t = type; t is not null; t = t.ContainingType)
        {
            if (t.Arity > 0)
                return "it is generic: make it abstract, and derive a closed class from it";
        }

        if (!type.IsReachable(compilation))
            return "generated code can't reach it: make it, and the types it is nested in, public or internal";
        return handled.FirstOrDefault(e => !e.IsReachable(compilation)) is { } hidden
            ? $"generated code can't reach '{hidden.Display()}', which it handles: make that type public or internal"
            : null;
    }

    /// <summary>Orders each type before all types that it can be assigned to, then by name, so that the output is stable.</summary>
    private static IEnumerable<ITypeSymbol> MostDerivedFirst(IReadOnlyList<ITypeSymbol> types) => types
        .OrderByDescending(type => types.Count(other => type.IsSameOrDerivedFrom(other)))
        .ThenBy(type => type.Code(), StringComparer.Ordinal);
}
