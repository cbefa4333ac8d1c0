using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The methods by which a state is made of events.</summary>
internal static class StateMethods
{
    /// <summary>Static <c>Create</c> and <c>Apply</c> methods of one parameter, also of base classes; overridden ones once.</summary>
    public static IReadOnlyList<IMethodSymbol> Of(INamedTypeSymbol type) =>
    [
        .. type.Hierarchy()
            .SelectMany(t => t.GetMembers())
            .OfType<IMethodSymbol>()
            .Where(method => method is { Name: "Create" or "Apply", Parameters.Length: 1, MethodKind: MethodKind.Ordinary, IsOverride: false }),
    ];

    /// <summary>What is wrong with such a method, or <see langword="null"/>.</summary>
    public static string? Problem(IMethodSymbol method, INamedTypeSymbol state)
    {
        if (method.Arity > 0)
            return "is generic";
        if (method.Parameters[0].RefKind is not (RefKind.None or RefKind.In))
            return "takes the event by reference";
        if (method.Name == "Create")
        {
            return !method.IsStatic ? "has to be static: it begins a state"
                : method.ReturnType.Equals(state, SymbolEqualityComparer.Default) ? null : $"has to return '{state.Display()}'";
        }

        if (method.IsStatic)
            return "must not be static: it leads a state on";
        if (method.ReturnsVoid)
            return state.IsValueType ? $"has to return '{state.Display()}': a struct that changes itself is lost" : null;
        return method.ReturnType.Equals(state, SymbolEqualityComparer.Default) ? null : $"has to return '{state.Display()}', or nothing";
    }
}
