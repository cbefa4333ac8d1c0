using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Finds the type arguments with which an open generic type matches a closed one.</summary>
internal sealed class TypeArguments
{
    private readonly Dictionary<ITypeParameterSymbol, ITypeSymbol> _found = new(SymbolEqualityComparer.Default);

    public ITypeSymbol this[ITypeParameterSymbol parameter] => _found[parameter];

    /// <summary>Whether the pattern is the type, once its type parameters are replaced by what they stand for.</summary>
    public bool Unify(ITypeSymbol pattern, ITypeSymbol type)
    {
        switch (pattern)
        {
            case ITypeParameterSymbol parameter when _found.TryGetValue(parameter, out var known):
                return known.Equals(type, SymbolEqualityComparer.Default);
            case ITypeParameterSymbol parameter:
                _found.Add(parameter, type);
                return true;
            case IArrayTypeSymbol array:
                return type is IArrayTypeSymbol other && other.Rank == array.Rank && Unify(array.ElementType, other.ElementType);
            case INamedTypeSymbol { IsGenericType: true } named:
                return type is INamedTypeSymbol { IsGenericType: true } actual
                    && named.OriginalDefinition.Equals(actual.OriginalDefinition, SymbolEqualityComparer.Default)
                    && named.TypeArguments.Zip(actual.TypeArguments, Unify).All(isSame => isSame);
            default:
                return pattern.Equals(type, SymbolEqualityComparer.Default);
        }
    }

    /// <summary>Whether what was found satisfies the constraints, which may determine the rest, and nothing is missing.</summary>
    public bool Satisfy(IReadOnlyCollection<ITypeParameterSymbol> parameters)
    {
        foreach (var parameter in parameters.Where(_found.ContainsKey).ToList())
        {
            if (!Satisfies(parameter, _found[parameter]))
                return false;
        }

        return parameters.All(_found.ContainsKey);
    }

    private bool Satisfies(ITypeParameterSymbol parameter, ITypeSymbol type)
        => (!parameter.HasValueTypeConstraint || type.IsValueType)
            && (!parameter.HasReferenceTypeConstraint || type.IsReferenceType)
            && parameter.ConstraintTypes.All(constraint => Implementations(type).Any(candidate => Unify(constraint, candidate)));

    private static IEnumerable<ITypeSymbol> Implementations(ITypeSymbol type)
        => (type is INamedTypeSymbol named ? named.Hierarchy().Cast<ITypeSymbol>() : [type]).Concat(type.AllInterfaces);
}
