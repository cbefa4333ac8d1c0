using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Collects the <c>[UnsafeAccessor]</c> methods that a type needs. The accessor for a member of a generic type is declared in a
/// generic class with the same type parameters and constraints, as the runtime requires.
/// </summary>
internal sealed class AccessorParser
{
    private readonly Dictionary<string, AccessorModel> _accessors = new(StringComparer.Ordinal);

    public IEnumerable<AccessorModel> All => _accessors.Values;

    public string Constructor(IMethodSymbol constructor)
    {
        var definition = constructor.OriginalDefinition;
        return Add(constructor, "Constructor", target: null, "Construct", definition.ContainingType.Code(), Parameters(definition));
    }

    public string Method(IMethodSymbol accessor)
    {
        var definition = accessor.OriginalDefinition;
        var parameters = Parameters(definition);
        return Add(
            accessor,
            "Method",
            definition.MetadataName,
            (definition.MethodKind == MethodKind.PropertyGet ? "Get" : "Set") + definition.AssociatedSymbol!.MetadataName,
            definition.ReturnsVoid ? "void" : definition.ReturnType.Code(),
            Instance(definition) + (parameters.Length == 0 ? "" : ", " + parameters));
    }

    /// <summary>A method of a state. The first argument is the state, or null for a static method.</summary>
    public string StateMethod(IMethodSymbol method)
    {
        var isByReference = method.ContainingType.IsValueType && !method.IsStatic;
        return Add(
            method,
            method.IsStatic ? "StaticMethod" : "Method",
            method.MetadataName,
            $"{method.Name}{_accessors.Count}",
            method.ReturnsVoid ? "void" : method.ReturnType.Code(),
            $"{(isByReference ? "ref " : "")}{method.ContainingType.Code()} instance, {Parameters(method)}");
    }

    public string Field(IFieldSymbol field)
    {
        var definition = field.OriginalDefinition;
        var name = definition.MetadataName;
        return Add(field, "Field", name, "Field" + name, "ref " + definition.Type.Code(), Instance(definition));
    }

    private string Add(ISymbol symbol, string kind, string? target, string name, string returns, string parameters)
    {
        var declaring = symbol.ContainingType;
        var depth = declaring.BaseType is null ? 0 : declaring.Hierarchy().Count();
        var accessor = $"{TypeName.Identifier(name)}_{depth}";
        var typeParameters = TypeParameters(declaring.OriginalDefinition);
        if (!_accessors.ContainsKey(accessor))
        {
            _accessors.Add(accessor, new(
                accessor, kind, target, returns, parameters,
                typeParameters.Count == 0 ? "" : $"<{string.Join(", ", typeParameters.Select(parameter => parameter.Name))}>",
                string.Join(" ", typeParameters.Select(Constraints).Where(text => text.Length > 0))));
        }

        if (typeParameters.Count == 0)
            return accessor;
        var arguments = string.Join(", ", TypeArguments(declaring).Select(argument => argument.Code()));
        return $"{accessor}Of<{arguments}>.{accessor}";
    }

    private static string Instance(ISymbol definition)
        => (definition.ContainingType.IsValueType ? "ref " : "") + definition.ContainingType.Code() + " instance";

    private static string Parameters(IMethodSymbol method)
        => string.Join(", ", method.Parameters.Select(
            (parameter, i) => $"{(parameter.RefKind == RefKind.In ? "in " : "")}{parameter.Type.Code()} a{i}"));

    private static List<ITypeParameterSymbol> TypeParameters(INamedTypeSymbol type)
        => [.. Nesting(type).SelectMany(t => t.TypeParameters)];

    private static IEnumerable<ITypeSymbol> TypeArguments(INamedTypeSymbol type) => Nesting(type).SelectMany(t => t.TypeArguments);

    private static IEnumerable<INamedTypeSymbol> Nesting(INamedTypeSymbol type)
        => type.ContainingType is null ? [type] : Nesting(type.ContainingType).Append(type);

    private static string Constraints(ITypeParameterSymbol parameter)
    {
        var constraints = new List<string>();
        if (parameter.HasUnmanagedTypeConstraint)
            constraints.Add("unmanaged");
        else if (parameter.HasValueTypeConstraint)
            constraints.Add("struct");
        else if (parameter.HasReferenceTypeConstraint)
            constraints.Add("class");
        else if (parameter.HasNotNullConstraint)
            constraints.Add("notnull");
        constraints.AddRange(parameter.ConstraintTypes.Select(type => type.Code()));
        if (parameter is { HasConstructorConstraint: true, HasValueTypeConstraint: false })
            constraints.Add("new()");
        return constraints.Count == 0 ? "" : $"where {parameter.Name} : {string.Join(", ", constraints)}";
    }
}
