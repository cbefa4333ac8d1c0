using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.States;

/// <summary>Finds the methods that fold events into a state.</summary>
internal static class StateMethods
{
    /// <summary>
    /// The <c>Create</c> and <c>Apply</c> methods that take an event, alone or with its <c>RecordedEvent</c>, including inherited ones;
    /// overrides count once.
    /// </summary>
    public static IReadOnlyList<IMethodSymbol> Of(INamedTypeSymbol type) =>
    [
        .. type.Hierarchy()
            .SelectMany(t => t.GetMembers())
            .OfType<IMethodSymbol>()
            .Where(method => method is
            {
                Name: "Create" or "Apply", Parameters.Length: 1 or 2, MethodKind: MethodKind.Ordinary, IsOverride: false,
            })
            .Where(method => method.Parameters.Length == 1 || TakesRecordedEvent(method)),
    ];

    /// <summary>Whether the method takes the event as it is stored beside the event itself.</summary>
    public static bool TakesRecordedEvent(IMethodSymbol method)
        => method.Parameters.Length == 2 && method.Parameters[1].Type is INamedTypeSymbol { Name: "RecordedEvent" } type
            && type.FullName() == KnownNames.RecordedEvent;

    /// <summary>The problem with such a method, or <see langword="null"/>.</summary>
    public static string? Problem(IMethodSymbol method, INamedTypeSymbol state)
    {
        if (method.Arity > 0)
            return "is generic";
        if (method.Parameters.Any(parameter => parameter.RefKind is not (RefKind.None or RefKind.In)))
            return "takes the event by reference";
        if (method.Name == "Create")
        {
            return !method.IsStatic ? "must be static: it creates a state"
                : method.ReturnType.Equals(state, SymbolEqualityComparer.Default) ? null : $"must return '{state.Display()}'";
        }

        if (method.IsStatic)
            return "must not be static: it is called on the existing state";
        if (method.ReturnsVoid)
            return state.IsValueType ? $"must return '{state.Display()}': changes to a copy of a struct are lost" : null;
        return method.ReturnType.Equals(state, SymbolEqualityComparer.Default) ? null : $"must return '{state.Display()}' or void";
    }
}
